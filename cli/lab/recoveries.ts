import { takeUntoldRecoveries, type Recovery } from '@pet/lab/recoveries'
import type { Store } from '@pet/lab/store'
import { petHome } from '../home.ts'
import { readStore } from './read-store.ts'

/** Says on standard error what was taken back since somebody last looked, and how long it took. */
export function tellRecoveries({ store }: { store: Store }): void {
  for (const recovery of takeUntoldRecoveries(store)) {
    for (const line of inWords(recovery)) console.error(line)
  }
}

/** The same, for commands that open no lab. */
export function tellRecoveriesOf(home = petHome()): void {
  using store = readStore(home)
  if (store) tellRecoveries({ store })
}

const byWhom: Record<Recovery['by'], string> = {
  watchdog: 'The watchdog',
  'next start': 'The next start',
  restore: 'pet lab restore',
}

function inWords({ at, by, undone, failed, recoveryMs }: Recovery): string[] {
  return [
    ...(undone.length > 0
      ? [
          `${byWhom[by]} took back what a killed or hung lab had left, in ${recoveryMs} ms (${at}): ${undone.join(', ')}.`,
        ]
      : []),
    ...failed.map(
      ({ kind, reason }) =>
        `NOT TAKEN BACK: ${kind} (${at}): ${reason} Put that right, then: npx pet lab restore`,
    ),
  ]
}
