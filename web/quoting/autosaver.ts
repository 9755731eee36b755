import { newCommandId } from '../kit/api.ts'
import { ProblemError } from '../kit/problem-error.ts'

export type SaveState =
  | { kind: 'saved' }
  | { kind: 'waiting' }
  | { kind: 'saving' }
  /** Nothing is lost: what was written is still on the page. */
  | { kind: 'failed'; error: unknown }
  /** Someone else changed the document meanwhile. */
  | { kind: 'conflict' }

export type Autosaver<Content> = {
  /** Takes note of a change and saves it a little later; in a conflict it waits to be told how. */
  change(content: Content): void
  /** Saves what is not saved yet; resolves with whether everything is saved now. */
  saveNow(): Promise<boolean>
  /** Takes what the server has as the starting point and forgets what was not saved. */
  adopt(version: number): void
  /** Says that what is written here shall stand on top of `version`, and saves it. */
  overwrite(version: number): Promise<boolean>
  /** No more saving on its own; `change` starts it again. */
  stop(): void
}

/** A failed save is tried again on its own this often, each time after twice as long. */
const mostRetries = 5

/**
 * Saves one document at a time, `delayMs` after the last change, each save on top of the version
 * that the one before it made. A save whose answer was lost is repeated under the same command id,
 * so that it counts once.
 */
export function createAutosaver<Content>({
  version: startVersion,
  delayMs,
  save,
  onState,
}: {
  version: number
  delayMs: number
  /** Resolves with the version that the save made. */
  save: (content: Content, version: number, commandId: string) => Promise<number>
  onState: (state: SaveState) => void
}): Autosaver<Content> {
  let version = startVersion
  let unsaved: { content: Content; commandId: string } | undefined
  let underway: Promise<boolean> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let conflicting = false

  const schedule = (afterMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => void saveNow(), afterMs)
  }

  const saveOnce = async (): Promise<boolean> => {
    const attempt = unsaved
    if (attempt === undefined) return true
    onState({ kind: 'saving' })
    try {
      version = await save(attempt.content, version, attempt.commandId)
    } catch (error) {
      fail(error)
      return false
    }
    failures = 0
    if (unsaved === attempt) unsaved = undefined
    if (unsaved === undefined) onState({ kind: 'saved' })
    else {
      onState({ kind: 'waiting' })
      schedule(delayMs)
    }
    return unsaved === undefined
  }

  const fail = (error: unknown) => {
    const status = error instanceof ProblemError ? error.status : 0
    if (status === 412) {
      conflicting = true
      return onState({ kind: 'conflict' })
    }
    onState({ kind: 'failed', error })
    const mayPass = status === 0 || status >= 500 || status === 429
    if (mayPass && failures < mostRetries) schedule(delayMs * 2 ** failures)
    failures += 1
  }

  const saveNow = async (): Promise<boolean> => {
    clearTimeout(timer)
    if (underway) await underway
    if (unsaved === undefined) return true
    if (conflicting) return false
    underway ??= saveOnce().finally(() => (underway = undefined))
    return underway
  }

  return {
    change(content) {
      unsaved = { content, commandId: newCommandId() }
      failures = 0
      if (conflicting) return
      if (!underway) onState({ kind: 'waiting' })
      schedule(delayMs)
    },
    saveNow,
    adopt(newVersion) {
      clearTimeout(timer)
      version = newVersion
      unsaved = undefined
      conflicting = false
      onState({ kind: 'saved' })
    },
    overwrite(newVersion) {
      version = newVersion
      conflicting = false
      if (unsaved) unsaved = { ...unsaved, commandId: newCommandId() }
      return saveNow()
    },
    stop() {
      clearTimeout(timer)
    },
  }
}
