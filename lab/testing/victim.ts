import { openLab } from '../run/open-lab.ts'
import { recordRun } from '../run/record-run.ts'
import burning from './toys/burning.ts'

/**
 * A lab to be killed, in a process of its own: runs the burning toy and says each step. At the step that it is to
 * stop at it stands still, as a process does that is in the middle of it.
 */
const [home = '', marker = '', stopAt = ''] = process.argv.slice(2)

function step(name: string): void {
  process.stdout.write(`${name}\n`)
  if (!name.startsWith(stopAt)) return
  process.stdout.write('standing still\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

await using lab = await openLab({ home })
// The record is written in one transaction: this is the middle of it.
lab.store.database.function('stand_still', () => {
  step('recording')
  return null
})
lab.store.database.exec(
  `create temp trigger during after update of record on run begin select stand_still(); end`,
)
await recordRun(lab, burning, {
  seed: 7,
  parameters: { marker },
  signal: new AbortController().signal,
  listener: {
    onProgress: ({ phase, arm, message }) => step([phase, arm, message].filter(Boolean).join(' ')),
  },
})
step('ending')
