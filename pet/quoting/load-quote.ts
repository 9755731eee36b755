import { problem } from '@pet/http/problem'
import { contract } from '../contracts/contract.ts'
import type { Contract } from '../contracts/contract-state.ts'
import { load } from '../rules/execute.ts'
import type { Loaded } from '../rules/execute.ts'
import type { QuoteFacts } from './quote-commands.ts'
import type { Correction } from './quote-events.ts'
import { latestWritten } from './quote-state.ts'
import type { ExistingQuote } from './quote-state.ts'
import { contractStream, quoteStream } from './quoting.ts'
import type { Quoting } from './quoting.ts'

/**
 * The quote with that id.
 * @throws Problem 404 when there is none.
 */
export async function loadQuote(quoting: Quoting, id: string): Promise<Loaded<ExistingQuote>> {
  const loaded = await load(quoting.ledger, quoting.quote, quoteStream(id))
  const { state } = loaded
  if (state.status === 'none')
    throw problem(404, 'no-such-quote', 'No such quote', `There is no quote ${id}.`)
  return { ...loaded, state }
}

export function loadContract(quoting: Quoting, id: string): Promise<Loaded<Contract>> {
  return load(quoting.ledger, contract, contractStream(id))
}

/** What the rules need to know of the quote that a correction corrects. */
export async function parentFacts(
  quoting: Quoting,
  correction: Pick<Correction, 'parentId'> | null,
): Promise<QuoteFacts> {
  if (correction === null) return { parent: null }
  const { state: parent } = await loadQuote(quoting, correction.parentId)
  const { customerId, currency } = latestWritten(parent).content
  const contractOfParent =
    parent.status === 'accepted'
      ? (await loadContract(quoting, parent.acceptance.contractId)).state
      : undefined
  return {
    parent: {
      status: parent.status,
      isDelta: parent.correction?.kind === 'delta',
      stands:
        contractOfParent?.status === 'made' &&
        contractOfParent.standingQuoteId === correction.parentId,
      customerId,
      currency,
    },
  }
}
