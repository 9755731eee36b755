import type { Restoration } from '../undo/restore.ts'
import { retention } from './retention.ts'
import type { Store } from './store.ts'

/** Who took back what a lab had left: its watchdog, the next lab at its start, or `pet lab restore`. */
export type RecoveredBy = 'watchdog' | 'next start' | 'restore'

/** A replay of a dead lab's journal, and how long it took. */
export type Recovery = Restoration & { at: string; by: RecoveredBy }

/** Keeps a recovery for whoever looks next; one that had nothing to do is none. */
export function saveRecovery({ database }: Store, recovery: Omit<Recovery, 'at'>): void {
  const { by, undone, failed, recoveryMs } = recovery
  if (undone.length + failed.length === 0) return
  database
    .prepare(
      'insert into recovery (at, by, undone, failed, recovery_ms, told) values (?, ?, ?, ?, ?, ?)',
    )
    .run(
      new Date().toISOString(),
      by,
      JSON.stringify(undone),
      JSON.stringify(failed),
      recoveryMs,
      Number(by === 'restore'), // who asked for it is told at once
    )
  database
    .prepare('delete from recovery where id <= (select max(id) from recovery) - ?')
    .run(retention.recoveries)
}

/** The recoveries that nobody has been told of yet, oldest first; from now on they count as told. */
export function takeUntoldRecoveries({ database }: Store): Recovery[] {
  return database
    .prepare('update recovery set told = 1 where told = 0 returning *')
    .all()
    .map((row) => ({
      at: String(row['at']),
      by: row['by'] as RecoveredBy,
      undone: JSON.parse(String(row['undone'])) as Recovery['undone'],
      failed: JSON.parse(String(row['failed'])) as Recovery['failed'],
      recoveryMs: Number(row['recovery_ms']),
    }))
}
