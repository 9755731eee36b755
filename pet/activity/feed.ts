import type { RecordedEvent } from '@pet/ledger/ledger'
import { catchUp } from '@pet/ledger/projections'
import type { PoolClient } from 'pg'
import type { PetEvent } from '../events.ts'
import { becauseOf } from '../rules/execute.ts'
import { sentenceOf } from './sentence.ts'

/** The activity feed: one row for each event of the log, in words, in the order of the log. */
export const activityFeed = catchUp({
  name: 'activity-feed',
  version: 1,
  handle: async (client, events) => {
    for (const event of events) await addEntry(client, event)
  },
})

async function addEntry(client: PoolClient, event: RecordedEvent): Promise<void> {
  const known = { type: event.type, data: event.data } as PetEvent
  const [, kind = '', id = ''] = /^([a-z]+)-(.+)$/.exec(event.stream) ?? []
  const label = labelOf(known) ?? (await labelOfSubject(client, id))
  await client.query(
    `insert into entry (position, occurred_at, actor, event_type, subject_kind, subject_id,
       subject_label, sentence, because)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      event.position,
      event.occurredAt,
      event.actor,
      event.type,
      kind,
      id,
      label,
      sentenceOf(known),
      becauseOf(event),
    ],
  )
}

/** The event that begins a stream says how its subject is called; later ones are called the same. */
function labelOf(event: PetEvent): string | undefined {
  switch (event.type) {
    case 'QuoteDrafted':
      return event.data.number
    case 'CustomerAdded':
      return event.data.name
    case 'ContractMade':
      return `Contract of ${event.data.quoteNumber}`
    default:
      return undefined
  }
}

async function labelOfSubject(client: PoolClient, subjectId: string): Promise<string> {
  const { rows } = await client.query<{ subject_label: string }>(
    'select subject_label from entry where subject_id = $1 order by position limit 1',
    [subjectId],
  )
  return rows[0]?.subject_label ?? subjectId
}
