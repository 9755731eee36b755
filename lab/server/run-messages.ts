import type { Depth, RunEvent, TargetAddress } from '../api-types.ts'

/** What the panel asks of the process of one run, once. */
export type RunAssignment = {
  /** The scenario's file, as a URL. */
  file: string
  home: string
  id: string
  seed: number
  /** Already checked. */
  parameters: Record<string, unknown>
  depth: Depth
  rounds?: number
  /** Already reached. */
  target?: TargetAddress
}

export type ToRunProcess = { run: RunAssignment } | { cancel: true }

/** What comes back: what listeners hear, as it happens; last a verdict, or how it ended without. */
export type FromRunProcess = RunEvent
