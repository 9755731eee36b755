import { usingPool } from '@pet/postgres/pool'
import { createLedger, type Command, type Outcome } from '../ledger.ts'
import { LedgerError } from '../ledger-error.ts'
import { isPassing, isTimeout } from '../passing-error.ts'
import { startProjections } from '../projections.ts'
import { caughtUpDigest } from './stream-digest.ts'

export type Question = { append: Command } | { settle: true }
export type Request = Question & { number: number }

/** `lost`: whether it was done is open, as after a lost connection. `failed`: it should not have. */
export type Answer =
  | { answer: 'outcome'; outcome: Outcome }
  | { answer: 'settled' }
  | { answer: 'lost' | 'failed'; problem: string }

/** A node: appends what it is asked to, keeps a projection caught up, and waits to be killed. */
const { pool } = usingPool(process.argv[2] ?? '', { max: 6, applicationName: 'node' })
const ledger = createLedger({ pool })
const projections = startProjections({
  ...{ ledger, pool, pollMs: 200, projections: [caughtUpDigest] },
})

process.on('message', (request: Request) => {
  void answer(request).then((found) => process.send?.({ number: request.number, ...found }))
})
process.once('disconnect', () => process.exit())
process.send?.('ready')

async function answer(request: Request): Promise<Answer> {
  try {
    if ('append' in request) {
      return { answer: 'outcome', outcome: await ledger.append(request.append) }
    }
    await projections.settled()
    return { answer: 'settled' }
  } catch (error) {
    const isExpected = isPassing(error) || isTimeout(error) || error instanceof LedgerError
    return { answer: isExpected ? 'lost' : 'failed', problem: String(error) }
  }
}
