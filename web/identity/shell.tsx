import { Box, Button, Container, Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { TextLink } from '../kit/link.tsx'
import { Wordmark } from '../kit/wordmark.tsx'
import { isAdministrator, roleLabel, signOut } from './session.ts'
import classes from './shell.module.css'

const shellRoute = getRouteApi('/shell')

/** The frame of every page that needs an account. */
export function Shell() {
  const { account } = shellRoute.useRouteContext()
  useFocusOnNavigation()
  return (
    <>
      <a href="#main" className={classes['skip']}>
        Skip to the content
      </a>
      <header className={classes['header']}>
        <Container size={1280} px="md" className={classes['bar']}>
          <TextLink to="/quotes" underline="never" aria-label="PET, all quotes" c="inherit">
            <Wordmark />
          </TextLink>
          <nav aria-label="Main" className={classes['navigation']}>
            <Tab to="/quotes">Quotes</Tab>
            <Tab to="/activity">Activity</Tab>
            <Tab to="/documents">Documents</Tab>
            {isAdministrator(account) && <Tab to="/lab">Lab</Tab>}
          </nav>
          <Group gap="sm" wrap="nowrap" className={classes['account'] ?? ''}>
            <Box visibleFrom="xs" ta="right" lh={1.2}>
              <Text size="sm" fw={600}>
                {account.name}
              </Text>
              <Text size="xs" c="dimmed">
                {account.roles.map(roleLabel).join(', ')}
              </Text>
            </Box>
            <SignOutButton />
          </Group>
        </Container>
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  )
}

function Tab({
  to,
  children,
}: {
  to: '/quotes' | '/activity' | '/documents' | '/lab'
  children: string
}) {
  return (
    <TextLink
      to={to}
      underline="never"
      className={classes['tab'] ?? ''}
      activeProps={{ 'aria-current': 'page' }}
      activeOptions={{ includeSearch: false }}
    >
      {children}
    </TextLink>
  )
}

function SignOutButton() {
  const leaving = useMutation({
    mutationFn: signOut,
    // A fresh page, so that nothing of this account stays in the browser's memory.
    onSuccess: () => window.location.assign('/sign-in'),
  })
  return (
    <Button
      variant="default"
      size="xs"
      loading={leaving.isPending}
      onClick={() => leaving.mutate()}
    >
      Sign out
    </Button>
  )
}

/** After going to another page, reading and tabbing go on from its content. */
function useFocusOnNavigation(): void {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
        if (pathChanged && fromLocation)
          document.getElementById('main')?.focus({ preventScroll: true })
      }),
    [router],
  )
}
