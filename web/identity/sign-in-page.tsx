import {
  Alert,
  Button,
  Container,
  Divider,
  Group,
  Paper,
  PasswordInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
  UnstyledButton,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { Loaded } from '../kit/loaded.tsx'
import { Problem } from '../kit/problem.tsx'
import { Wordmark } from '../kit/wordmark.tsx'
import {
  demoAccountsQuery,
  roleLabel,
  sessionQuery,
  signInToDemo,
  signInWithPassword,
} from './session.ts'
import classes from './sign-in-page.module.css'

const signInRoute = getRouteApi('/sign-in')

/** The way in: one click in the demo, e-mail and password everywhere. */
export function SignInPage() {
  const session = useQuery(sessionQuery)
  return (
    <main>
      <title>Sign in – PET</title>
      <Container size={760} py={56}>
        <Stack gap="lg">
          <Wordmark withMotto />
          <div>
            <Title order={1}>Sign in</Title>
            <Text c="dimmed" mt={4}>
              Sell the work, deliver it, bill it – and never rewrite what happened.
            </Text>
          </div>
          {session.isError && (
            <Problem error={session.error} onRetry={() => void session.refetch()} />
          )}
          {session.data?.demo && (
            <>
              <DemoAccounts />
              <Divider label="or with e-mail and password" />
            </>
          )}
          <PasswordForm />
        </Stack>
      </Container>
    </main>
  )
}

function DemoAccounts() {
  const accounts = useQuery(demoAccountsQuery)
  const signIn = useSignIn(signInToDemo)
  return (
    <Stack gap="sm">
      <Alert variant="light" p="xs">
        This is the demo firm. Choose who you want to be: one click, no password.
      </Alert>
      <Loaded query={accounts}>
        {({ accounts }) => (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            {accounts.map((account) => (
              <UnstyledButton
                key={account.id}
                className={classes['card'] ?? ''}
                disabled={signIn.isPending}
                onClick={() => signIn.mutate(account.id)}
              >
                <Text fw={650}>{account.name}</Text>
                <Text size="sm" c="dimmed">
                  {roleLabel(account.role)}
                </Text>
                <Text size="sm" mt={6}>
                  {account.title}
                </Text>
              </UnstyledButton>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
      {signIn.isError && <Problem error={signIn.error} />}
    </Stack>
  )
}

function PasswordForm() {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useSignIn(() => signInWithPassword(email, password))
  return (
    <Paper maw={420}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate('')
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {signIn.isError && <Problem error={signIn.error} />}
          <Group>
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}

/** Signs in, then goes back to where the person wanted to be. */
function useSignIn(signIn: (accountId: string) => Promise<unknown>) {
  const queryClient = useQueryClient()
  const router = useRouter()
  const { to } = signInRoute.useSearch()
  return useMutation({
    mutationFn: signIn,
    onSuccess: async () => {
      await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
      await router.navigate({ href: to ?? '/quotes' })
    },
  })
}
