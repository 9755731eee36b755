import type { RunEvent } from '../api-types.ts'

/** What the panel asks of the process of one run, once. */
export type RunAssignment = {
  /** The scenario's file, as a URL. */
  file: string
  home: string
  id: string
  seed: number
  /** Already checked. */
  parameters: Record<string, unknown>
  rounds?: number
}

export type ToRunProcess = { run: RunAssignment } | { cancel: true }

/** What comes back: what listeners hear, as it happens; last a verdict, or how it ended without. */
export type FromRunProcess = RunEvent
