import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { UseBlockerResult } from '@tanstack/react-router'

/** Asks before leaving a draft that could not be saved. */
export function LeaveDialog({ blocker }: { blocker: UseBlockerResult }) {
  if (blocker.status !== 'blocked') return null
  return (
    <Modal
      opened
      onClose={blocker.reset}
      title={<Text fw={650}>Not everything is saved</Text>}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Some of what you wrote could not be saved. If you leave now, it is gone.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={blocker.proceed}>
            Leave without it
          </Button>
          <Button onClick={blocker.reset} data-autofocus>
            Stay here
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
