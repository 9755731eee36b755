import { Container, Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** The frame of a page: its title (also the browser's), what can be done on it, and its content. */
export function Page({
  title,
  heading,
  actions,
  children,
  size = 1280,
}: {
  title: string
  /** What stands in the place of the plain title. */
  heading?: ReactNode
  actions?: ReactNode
  children: ReactNode
  size?: number
}) {
  return (
    <Container size={size} py="lg" px="md">
      <title>{`${title} – PET`}</title>
      <Stack gap="md">
        <Group justify="space-between" align="center" gap="sm">
          {heading ?? <Title order={1}>{title}</Title>}
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {children}
      </Stack>
    </Container>
  )
}
