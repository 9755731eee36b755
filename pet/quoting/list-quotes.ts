import { readCustomerNames } from '../customers/read-customers.ts'
import type { Currency } from './quote-content.ts'
import type { QuoteStatus, QuoteSummary } from './quote-view.ts'
import type { Quoting } from './quoting.ts'

const mostQuotes = 500

/** The quotes that changed last, newest first. */
export async function listQuotes({ pool }: Quoting): Promise<QuoteSummary[]> {
  const { rows } = await pool.query<Row>(
    'select * from quoting.quote_summary order by updated_at desc, id desc limit $1',
    [mostQuotes],
  )
  const names = await readCustomerNames(
    pool,
    rows.flatMap((row) => row.customer_id ?? []),
  )
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    title: row.title,
    customerName: (row.customer_id && names.get(row.customer_id)) ?? null,
    status: row.status,
    revision: row.revision,
    currency: row.currency,
    totalMinor: Number(row.total_minor),
    correction:
      row.correction_kind === null
        ? null
        : { kind: row.correction_kind, parentId: row.parent_id, parentNumber: row.parent_number },
    updatedAt: row.updated_at.toISOString(),
  }))
}

type Row = {
  id: string
  number: string
  title: string
  customer_id: string | null
  status: QuoteStatus
  revision: number
  currency: Currency
  total_minor: string
  updated_at: Date
} & (
  | { correction_kind: null }
  | { correction_kind: 'delta' | 'replacement'; parent_id: string; parent_number: string }
)
