import { Problem, problem } from '@pet/http/problem'
import type { Ledger } from '@pet/ledger/ledger'
import { requestOf } from './execute.ts'
import type { Who } from './execute.ts'

/**
 * Runs a command once for its id, and returns the first stream that it wrote to: sent again, it changes nothing and
 * leads to the same stream.
 * @throws Problem 422 when the id was given to another request, and what `decideAndCommit` throws.
 */
export async function once(
  ledger: Ledger,
  who: Who,
  decideAndCommit: () => Promise<unknown>,
): Promise<string> {
  const earlier = await appendedStream(ledger, who)
  if (earlier !== undefined) return earlier
  try {
    await decideAndCommit()
  } catch (error) {
    // A command that overtook itself is refused because of what it did: then it has been appended after all.
    const stream = error instanceof Problem ? await appendedStream(ledger, who) : undefined
    if (stream === undefined) throw error
    return stream
  }
  const stream = await appendedStream(ledger, who)
  if (stream === undefined) throw new Error(`The command ${who.commandId} appended nothing`)
  return stream
}

async function appendedStream(ledger: Ledger, who: Who): Promise<string | undefined> {
  const [event] = await ledger.readCommand(who.commandId)
  if (event !== undefined && requestOf(event) !== who.request)
    throw problem(
      422,
      'idempotency-key-reused',
      'This Idempotency-Key was given to another request',
      'A key stands for one request and its repetitions: send this one with a key of its own.',
    )
  return event?.stream
}
