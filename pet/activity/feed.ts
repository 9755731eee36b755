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
    const entries = events.map(entryOf)
    const labels = await labelsOf(client, new Set(entries.map(({ subject_id }) => subject_id)))
    for (const entry of entries) {
      const { subject_id, subject_label } = entry
      if (!labels.has(subject_id)) labels.set(subject_id, subject_label ?? subject_id)
      entry.subject_label ??= labels.get(subject_id)
    }
    await client.query('insert into entry select * from json_populate_recordset(null::entry, $1)', [
      JSON.stringify(entries),
    ])
  },
})

/** A row of the feed, as its columns are called; the label is that of the event alone, if it has one. */
function entryOf(event: RecordedEvent) {
  const known = { type: event.type, data: event.data } as PetEvent
  const [, kind = '', id = ''] = /^([a-z]+)-(.+)$/.exec(event.stream) ?? []
  return {
    position: event.position,
    occurred_at: event.occurredAt,
    actor: event.actor,
    event_type: event.type,
    subject_kind: kind,
    subject_id: id,
    subject_label: labelOf(known),
    sentence: sentenceOf(known),
    because: becauseOf(event),
  }
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

/** How the subjects were called at first, of those that are in the feed already. */
async function labelsOf(client: PoolClient, subjects: Set<string>): Promise<Map<string, string>> {
  const { rows } = await client.query<{ subject_id: string; subject_label: string }>(
    `select subject_id, first.subject_label
     from unnest($1::uuid[]) as subject (subject_id),
       lateral (
         select subject_label from entry where entry.subject_id = subject.subject_id
         order by position limit 1
       ) as first`,
    [[...subjects]],
  )
  return new Map(rows.map(({ subject_id, subject_label }) => [subject_id, subject_label]))
}
