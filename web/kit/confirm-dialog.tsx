import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Problem } from './problem.tsx'

/**
 * Asks before something that can't be undone, says what that is, and stays open with the reason
 * when it was refused. Mantine's modal keeps focus inside and gives it back when it closes.
 */
export function ConfirmDialog({
  opened,
  title,
  irreversible,
  confirmLabel,
  onConfirm,
  onClose,
  pending = false,
  ready = true,
  danger = false,
  error,
  children,
}: {
  opened: boolean
  title: string
  /** The sentence that says what can't be undone. */
  irreversible?: string
  confirmLabel: string
  onConfirm: () => void
  onClose: () => void
  pending?: boolean
  /** Whether what the dialog asks for has been filled in. */
  ready?: boolean
  danger?: boolean
  error?: unknown
  children?: ReactNode
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Text fw={650}>{title}</Text>}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !pending) onConfirm()
        }}
      >
        <Stack gap="sm">
          {irreversible !== undefined && (
            <Alert color="orange" variant="light" title="This can’t be undone">
              {irreversible}
            </Alert>
          )}
          {children}
          {error != null && <Problem error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={pending}
              disabled={!ready}
              {...(danger && { color: 'red' })}
            >
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
