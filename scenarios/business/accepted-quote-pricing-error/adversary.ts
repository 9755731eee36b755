import type { Attempt } from '@pet/lab/api-types'
import { audit } from '@pet/ledger/audit'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { attempt, attemptBehindTriggers, attemptSql } from '../stage/attempt.ts'
import type { OwnPet } from '../stage/own-pet.ts'
import type { Person } from '../stage/person.ts'
import { acceptance, correct, oneTaskQuote, open, rewrite, send } from '../stage/selling.ts'
import { silentCorrection } from './silent-correction.ts'
import { differenceMinor, hashOfWhatIsShown, meant, typed } from './story.ts'
import type { Context, Story } from './story.ts'

/** What everybody tries who would rather change the accepted quote than correct it. */
export async function tryEverything(context: Context, story: Story): Promise<Attempt[]> {
  const { pet, sales, original, accepted, replacement } = story
  const path = `/api/quotes/${original.id}`
  const { version } = original
  const content = await oneTaskQuote(sales, meant)
  const manager = await pet.signIn('manager')
  const administrator = await pet.signIn('administrator')
  const finance = await pet.signIn('finance')
  const contact = pet.stranger
  const recorded = await lastPosition(pet)
  const intact = async () => (await lastPosition(pet)) === recorded && isUnchanged(sales, original)

  context.progress('the adversary tries the API')
  const edit = { content }
  const overHttp = [
    await attempt(
      'sales',
      'edits the accepted quote',
      () => sales.try('PUT', `${path}/content`, edit, { version }),
      intact,
    ),
    await attempt(
      'sales',
      'edits it from a stale version',
      () => sales.try('PUT', `${path}/content`, edit, { version: 1 }),
      intact,
    ),
    await attempt(
      'sales',
      'sends it again',
      () => sales.try('POST', `${path}/send`, {}, { version }),
      intact,
    ),
    await attempt(
      'manager',
      'revises it',
      () => manager.try('POST', `${path}/revise`, {}, { version }),
      intact,
    ),
    await attempt(
      'manager',
      'withdraws it',
      () => manager.try('POST', `${path}/withdraw`, { reason: 'Wrong price' }, { version }),
      intact,
    ),
    await attempt(
      'administrator',
      'edits it',
      () => administrator.try('PUT', `${path}/content`, edit, { version }),
      intact,
    ),
    await attempt(
      'finance',
      'begins a correction',
      () => finance.try('POST', `${path}/corrections`, { kind: 'delta' }),
      intact,
    ),
    await attempt(
      'somebody signed out',
      'edits it',
      () => pet.stranger.try('PUT', `${path}/content`, edit, { version }),
      intact,
    ),
    await attempt(
      'sales',
      'corrects it once more after it was replaced',
      () => sales.try('POST', `${path}/corrections`, { kind: 'delta' }),
      intact,
    ),
    await attempt(
      'customer',
      'accepts it a second time',
      () => contact.try('POST', `${accepted.link}/acceptance`, acceptance(accepted.seen)),
      intact,
    ),
    await attempt(
      'customer',
      'repeats the first acceptance after a lost answer',
      () =>
        contact.try('POST', `${accepted.link}/acceptance`, acceptance(accepted.seen), {
          key: accepted.key,
        }),
      intact,
    ),
    await attempt(
      'customer',
      'rejects it after accepting',
      () => contact.try('POST', `${accepted.link}/rejection`, { reason: 'Too dear' }),
      intact,
    ),
    await attempt(
      'customer',
      'forges a link to it',
      () => contact.try('GET', `${accepted.link.slice(0, -3)}AAA`),
      intact,
    ),
    await attempt(
      'sales',
      'slips an unknown field into an edit',
      () => sales.try('PUT', `${path}/content`, { content, status: 'draft' }, { version }),
      intact,
    ),
  ]

  context.progress('the adversary races the customer')
  const races = [
    await acceptTwiceAtOnce(sales, contact, replacement),
    await editWhileAccepting(sales, contact),
    await acceptAnotherDocument(sales, contact),
  ]

  context.progress('the adversary tries SQL')
  return [...overHttp, ...races, ...(await trySql(pet, sales, original))]
}

async function acceptTwiceAtOnce(sales: Person, contact: Person, replacement: QuoteView) {
  const drafted = await correct(sales, replacement, 'delta')
  const line = { id: 'line', description: 'Travel', amountMinor: 5_000 }
  const sections = [{ kind: 'adjustment' as const, id: 's', title: 'Travel', lines: [line] }]
  const delta = await send(sales, await rewrite(sales, drafted, { ...drafted.content, sections }))
  const { link, seen } = await open(contact, delta)
  const tabs = Array.from({ length: 8 }, () =>
    contact.try('POST', `${link}/acceptance`, acceptance(seen)),
  )
  const answers = await Promise.all(tabs)
  return attempt(
    'customer',
    'accepts a correction from eight tabs at once',
    async () => answers.find(({ status }) => status >= 400) ?? { status: 200, body: {} },
    async () => {
      const { family } = await sales.get<QuoteView>(`/api/quotes/${replacement.id}`)
      const once = answers.filter(({ status }) => status === 200).length === 1
      return once && family.aggregateMinor === replacement.totals.totalMinor + 5_000
    },
  )
}

async function editWhileAccepting(sales: Person, contact: Person) {
  const content = await oneTaskQuote(sales, typed)
  const sent = await send(sales, await sales.post<QuoteView>('/api/quotes', { content }))
  const { link, seen } = await open(contact, sent)
  const [edited] = await Promise.all([
    sales.try('POST', `/api/quotes/${sent.id}/revise`, {}, { version: sent.version }),
    contact.try('POST', `${link}/acceptance`, acceptance(seen)),
  ])
  return attempt(
    'sales',
    'revises a quote at the moment of its acceptance',
    async () => edited,
    async () => {
      const now = await sales.get<QuoteView>(`/api/quotes/${sent.id}`)
      const documentHash = now.accepted?.documentHash ?? now.sent?.documentHash
      return documentHash === seen.documentHash
    },
  )
}

async function acceptAnotherDocument(sales: Person, contact: Person) {
  const content = await oneTaskQuote(sales, typed)
  const sent = await send(sales, await sales.post<QuoteView>('/api/quotes', { content }))
  const { link, seen } = await open(contact, sent)
  const forged = { ...acceptance(seen), documentHash: 'f'.repeat(64) }
  return attempt(
    'customer',
    'accepts another document than the one sent',
    () => contact.try('POST', `${link}/acceptance`, forged),
    async () => (await sales.get<QuoteView>(`/api/quotes/${sent.id}`)).accepted === null,
  )
}

async function trySql(pet: OwnPet, sales: Person, original: QuoteView) {
  const stream = `'quote-${original.id}'`
  const intact = async () => (await audit(pet.superuser)).ok && isUnchanged(sales, original)
  const asApplication = (did: string, sql: string) =>
    attemptSql('SQL as the application', did, { pool: pet.application, sql, rule: 'DAT-2' }, intact)
  const asOwner = (did: string, sql: string) =>
    attemptSql('SQL as the owner', did, { pool: pet.superuser, sql, rule: 'DAT-1' }, intact)
  const price = `jsonb_set(data, '{totalMinor}', '612000')`
  return [
    await asApplication(
      'updates the event',
      `update ledger.event set data = ${price} where stream = ${stream}`,
    ),
    await asApplication('deletes the event', `delete from ledger.event where stream = ${stream}`),
    await asApplication(
      'inserts a forged event',
      'insert into ledger.event select * from ledger.event limit 1',
    ),
    await asApplication(
      'rewrites the list of quotes',
      'update quoting.quote_summary set total_minor = 612000',
    ),
    await asOwner(
      'updates the event',
      `update ledger.event set data = ${price} where stream = ${stream}`,
    ),
    await asOwner('empties the log', 'truncate ledger.event'),
    await attemptBehindTriggers('raises the accepted total', {
      pool: pet.superuser,
      sql: silentCorrection(original.id, 'totalMinor', differenceMinor),
      undo: silentCorrection(original.id, 'totalMinor', -differenceMinor),
    }),
    await attemptBehindTriggers('dates the acceptance back', {
      pool: pet.superuser,
      sql: `update ledger.event set recorded_at = recorded_at - interval '1 day' where stream = ${stream} and type = 'QuoteAccepted'`,
      undo: `update ledger.event set recorded_at = recorded_at + interval '1 day' where stream = ${stream} and type = 'QuoteAccepted'`,
    }),
  ]
}

async function isUnchanged(sales: Person, original: QuoteView): Promise<boolean> {
  const now = await sales.get<QuoteView>(`/api/quotes/${original.id}`)
  return (
    now.status === 'accepted' &&
    now.version === original.version &&
    hashOfWhatIsShown(now) === original.accepted?.documentHash
  )
}

async function lastPosition({ superuser }: OwnPet): Promise<number> {
  const { rows } = await superuser.query<{ position: string }>('select position from ledger.head')
  return Number(rows[0]?.position)
}
