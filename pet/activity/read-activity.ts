import type { Ledger } from '@pet/ledger/ledger'
import type { Pool } from 'pg'
import { readCustomer } from '../customers/read-customers.ts'
import { readAccountNames } from '../identity/account-names.ts'
import type { ActivityEntry, RuleReference } from '../quoting/quote-view.ts'
import { ruleById } from '../rules-catalogue.ts'

export type Activity = { ledger: Ledger; pool: Pool }

const columns = `position, occurred_at, actor, event_type, subject_kind, subject_id, subject_label, sentence, because`

/** Entries before a position (null: from the end), newest first. */
export async function readFeed(
  activity: Activity,
  { before, limit }: { before: number | null; limit: number },
): Promise<{ entries: ActivityEntry[]; next: number | null }> {
  const { rows } = await activity.pool.query<Row>(
    `select ${columns} from activity.entry
     where $1::bigint is null or position < $1 order by position desc limit $2`,
    [before, limit],
  )
  const entries = await inWords(activity, rows)
  return { entries, next: rows.length === limit ? (entries.at(-1)?.position ?? null) : null }
}

/** What happened to one subject, oldest first. */
export async function readHistory(activity: Activity, subjectId: string): Promise<ActivityEntry[]> {
  const { rows } = await activity.pool.query<Row>(
    `select ${columns} from activity.entry where subject_id = $1 order by position limit 1000`,
    [subjectId],
  )
  return inWords(activity, rows)
}

async function inWords(activity: Activity, rows: Row[]): Promise<ActivityEntry[]> {
  const names = await readActorNames(
    activity,
    rows.map(({ actor }) => actor),
  )
  return rows.map((row) => ({
    position: Number(row.position),
    at: row.occurred_at.toISOString(),
    actorName: names.get(row.actor) ?? 'Somebody who was erased',
    eventType: row.event_type,
    sentence: row.sentence,
    because: row.because.map(referTo),
    subject: { kind: row.subject_kind, id: row.subject_id, label: row.subject_label },
  }))
}

/** Actors are `account:ID`, `contact:CUSTOMER/CONTACT` and `system`; their names are read where they are kept. */
async function readActorNames(activity: Activity, actors: string[]): Promise<Map<string, string>> {
  const names = new Map([['system', 'PET']])
  const different = [...new Set(actors)]
  const accounts = different.filter((actor) => actor.startsWith('account:'))
  const accountNames = await readAccountNames(
    activity.pool,
    accounts.map((actor) => actor.slice('account:'.length)),
  )
  for (const [id, name] of accountNames) names.set(`account:${id}`, name)
  for (const actor of different) {
    const [, customerId, contactId] = /^contact:(.+)\/(.+)$/.exec(actor) ?? []
    if (customerId === undefined) continue
    const customer = await readCustomer(activity.ledger, customerId)
    const contact = customer?.contacts.find(({ id }) => id === contactId)
    if (customer && contact?.name) names.set(actor, `${contact.name} (${customer.name})`)
  }
  return names
}

function referTo(id: string): RuleReference {
  const { document, sentence } = ruleById(id) ?? { document: '', sentence: '' }
  return { id, document, sentence }
}

type Row = {
  position: string
  occurred_at: Date
  actor: string
  event_type: string
  subject_kind: ActivityEntry['subject']['kind']
  subject_id: string
  subject_label: string
  sentence: string
  because: string[]
}
