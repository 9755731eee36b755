import type { Currency } from './quote-content.ts'
import { loadContract } from './load-quote.ts'
import type { ExistingQuote } from './quote-state.ts'
import { latestWritten } from './quote-state.ts'
import type { FamilyMember, QuoteFamily, QuoteStatus } from './quote-view.ts'
import type { Quoting } from './quoting.ts'

const mostMembers = 100

/** The original quote, its corrections, and what they amount to: the original's total, and the contract's. */
export async function readFamily(
  quoting: Quoting,
  id: string,
  state: ExistingQuote,
): Promise<QuoteFamily> {
  const currency: Currency = latestWritten(state).content.currency
  const contractId =
    state.correction?.contractId ??
    (state.status === 'accepted' ? state.acceptance.contractId : undefined)
  if (contractId === undefined) return familyOfOne(id, state, currency)
  const { state: contract } = await loadContract(quoting, contractId)
  const counting = contract.status === 'made' ? contract.countingQuoteIds : []
  const { rows } = await quoting.pool.query<{
    id: string
    number: string
    correction_kind: 'delta' | 'replacement' | null
    status: QuoteStatus
    total_minor: string
  }>(
    `select id, number, correction_kind, status, total_minor from quoting.quote_summary
     where contract_id = $1 order by number limit $2`,
    [contractId, mostMembers],
  )
  const members = rows.map((row): FamilyMember => ({
    id: row.id,
    number: row.number,
    kind: row.correction_kind ?? 'original',
    status: row.status,
    totalMinor: Number(row.total_minor),
    counts: counting.includes(row.id),
  }))
  const originalMinor = members.find(({ kind }) => kind === 'original')?.totalMinor ?? 0
  const aggregateMinor = contract.status === 'made' ? contract.totalMinor : originalMinor
  return { currency, members, originalMinor, aggregateMinor }
}

function familyOfOne(id: string, state: ExistingQuote, currency: Currency): QuoteFamily {
  const { totalMinor } = latestWritten(state)
  const { number, status } = state
  return {
    currency,
    members: [{ id, number, kind: 'original', status, totalMinor, counts: false }],
    originalMinor: totalMinor,
    aggregateMinor: totalMinor,
  }
}
