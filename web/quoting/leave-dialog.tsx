import { Button, Group, Modal, Stack, Text } from '@mantine/core'

/** Asks before leaving a draft that could not be saved. */
export function LeaveDialog({ onLeave, onStay }: { onLeave: () => void; onStay: () => void }) {
  return (
    <Modal
      opened
      onClose={onStay}
      title={<Text fw={650}>Not everything is saved</Text>}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Some of what you wrote could not be saved. If you leave now, it is gone.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onLeave}>
            Leave without it
          </Button>
          <Button onClick={onStay} data-autofocus>
            Stay here
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
