import { Alert, Button, Stack, Text } from '@mantine/core'
import { Problem } from '../kit/problem.tsx'
import type { SaveState } from './autosaver.ts'

/** Says whether the draft is saved, and, where it is not, why and what to do. */
export function SaveStatus({
  state,
  unreadable,
  invalid,
  onRetry,
  onReload,
  onOverwrite,
}: {
  state: SaveState
  /** How many fields hold text that can't be read. */
  unreadable: number
  /** How many values the rules of the form don't allow. */
  invalid: number
  onRetry: () => void
  onReload: () => void
  onOverwrite: () => void
}) {
  const troubles = unreadable + invalid
  return (
    <Stack gap="xs">
      <Text
        size="sm"
        role="status"
        aria-live="polite"
        c={troubles > 0 ? 'var(--mantine-color-error)' : 'dimmed'}
      >
        {troubles > 0
          ? `Not saved: ${troubles === 1 ? 'one field needs' : `${troubles} fields need`} another look`
          : words(state)}
      </Text>
      {state.kind === 'failed' && <Problem error={state.error} onRetry={onRetry} />}
      {state.kind === 'conflict' && (
        <Alert
          color="red"
          variant="light"
          role="alert"
          title="Someone else changed this quote meanwhile"
        >
          <Text size="sm">What you wrote is still here, but not saved.</Text>
          <Stack gap="xs" mt="xs">
            <Button size="xs" variant="default" onClick={onReload}>
              Load theirs, drop mine
            </Button>
            <Button size="xs" variant="default" onClick={onOverwrite}>
              Save mine over theirs
            </Button>
          </Stack>
        </Alert>
      )}
    </Stack>
  )
}

function words(state: SaveState): string {
  switch (state.kind) {
    case 'saved':
      return '✓ All changes are saved'
    case 'waiting':
      return '… Changed, saving in a moment'
    case 'saving':
      return '… Saving'
    case 'failed':
      return '✕ Not saved'
    case 'conflict':
      return '✕ Not saved: the quote changed meanwhile'
  }
}
