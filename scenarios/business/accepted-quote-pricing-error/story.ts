import type { StoryContext } from '@pet/lab/business-scenario'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import { hashOfDocument, quoteDocument } from '@pet/pet/quoting/quote-document'
import { quote } from '@pet/pet/quoting/quote'
import type { QuoteAggregate } from '@pet/pet/quoting/quote'
import type { ActivityEntry, QuoteView } from '@pet/pet/quoting/quote-view'
import { requires, silent } from '@pet/pet/rules/rule'
import { startOwnPet } from '../stage/own-pet.ts'
import type { OwnPet } from '../stage/own-pet.ts'
import type { Person } from '../stage/person.ts'
import { accept, correct, oneTaskQuote, open, rewrite, send } from '../stage/selling.ts'
import type { Acceptance } from '../stage/selling.ts'
import { mustHappen } from '../stage/walk.ts'

export const walk = mustHappen('accepted-quote-pricing-error', [
  'ST1-1',
  'ST1-2',
  'ST1-3',
  'ST1-4',
  'ST1-5',
  'ST1-6',
])

/** The rate that was meant, and the one that was typed: 40 hours at it are 720.00 too little. */
export const meant = { hourlyRateMinor: 15_300 }
export const typed = { hourlyRateMinor: 13_500 }
export const differenceMinor = 72_000

export type StepId = (typeof walk)[number]['id']
export type DefectName = 'accepted-quote-edited' | 'silent-value-correction'
export type Context = StoryContext<StepId, DefectName>
export type Story = {
  pet: OwnPet
  sales: Person
  /** The accepted quote with the wrong rate, as it was when it was accepted. */
  original: QuoteView
  accepted: Acceptance
  replacement: QuoteView
}

/** Tells the story as its people would, on a PET of its own. */
export async function tellOfTheError(context: Context): Promise<Story> {
  const defective = context.defect === 'accepted-quote-edited'
  const pet = context.use(
    await startOwnPet(context.database, defective ? { quote: editableAfterAcceptance } : {}),
  )
  const sales = await pet.signIn('sales')
  const contact = pet.stranger

  context.progress('a quote with a wrong rate is sent and accepted')
  const wrong = await oneTaskQuote(sales, typed)
  const drafted = await sales.post<QuoteView>('/api/quotes', { content: wrong })
  const sent = await send(sales, drafted)
  const accepted = await open(contact, sent)
  await accept(contact, accepted)
  const original = await sales.get<QuoteView>(`/api/quotes/${sent.id}`)

  context.progress('sales finds the error and tries to mend it in place')
  await tryToEdit(context, sales, original)

  context.progress('it is corrected by a delta, then by a replacement')
  await correctByDelta(context, sales, contact, original)
  const replacement = await correctByReplacement(context, sales, contact, original)

  await lookAtTheOriginal(context, { sales, contact, original, accepted })
  await readTheFeed(context, pet, sales, original, replacement)
  return { pet, sales, original, accepted, replacement }
}

async function tryToEdit(context: Context, sales: Person, original: QuoteView): Promise<void> {
  const content = await oneTaskQuote(sales, meant)
  const { status, body } = await sales.try(
    'PUT',
    `/api/quotes/${original.id}/content`,
    { content },
    { version: original.version },
  )
  const rules = (body as { rules?: { id: string }[] }).rules ?? []
  if (status === 409 && rules.some(({ id }) => id === 'QUO-4'))
    context.held('ST1-1', `editing ${original.number} is answered 409, QUO-4`)
}

async function correctByDelta(
  context: Context,
  sales: Person,
  contact: Person,
  original: QuoteView,
): Promise<void> {
  const drafted = await correct(sales, original, 'delta')
  const line = { id: 'line', description: 'Rate as agreed', amountMinor: differenceMinor }
  const content: QuoteContent = {
    ...drafted.content,
    sections: [{ kind: 'adjustment', id: 'section', title: 'Correction', lines: [line] }],
  }
  const delta = await sendAndAccept(sales, contact, await rewrite(sales, drafted, content))
  const { family } = await sales.get<QuoteView>(`/api/quotes/${original.id}`)
  const together = original.totals.totalMinor + differenceMinor
  if (delta.correction?.parentId === original.id && family.aggregateMinor === together)
    context.held('ST1-2', `${delta.number} adds ${differenceMinor}: ${together} together`)
}

async function correctByReplacement(
  context: Context,
  sales: Person,
  contact: Person,
  original: QuoteView,
): Promise<QuoteView> {
  const drafted = await correct(sales, original, 'replacement')
  const right = await oneTaskQuote(sales, meant)
  const replacement = await sendAndAccept(sales, contact, await rewrite(sales, drafted, right))
  const { family } = await sales.get<QuoteView>(`/api/quotes/${original.id}`)
  const counting = family.members.filter(({ counts }) => counts).map(({ id }) => id)
  if (counting.join() === replacement.id)
    context.held('ST1-3', `${replacement.number} alone counts, for the original and its delta`)
  const { originalMinor, aggregateMinor } = family
  if (
    originalMinor === original.totals.totalMinor &&
    aggregateMinor === replacement.totals.totalMinor
  )
    context.held('ST1-5', `original ${originalMinor}, together ${aggregateMinor}`)
  return replacement
}

async function lookAtTheOriginal(
  context: Context,
  { sales, contact, original, accepted }: Omit<Story, 'pet' | 'replacement'> & { contact: Person },
): Promise<void> {
  const now = await sales.get<QuoteView>(`/api/quotes/${original.id}`)
  const shownToCustomer = await contact.get<Acceptance['seen']>(accepted.link)
  const hashes = [
    hashOfWhatIsShown(now),
    hashOfDocument(shownToCustomer.document),
    now.accepted?.documentHash,
  ]
  if (hashes.every((hash) => hash === accepted.seen.documentHash))
    context.held(
      'ST1-4',
      `the document still hashes to ${accepted.seen.documentHash.slice(0, 12)}…`,
    )
}

async function readTheFeed(
  context: Context,
  pet: OwnPet,
  sales: Person,
  original: QuoteView,
  replacement: QuoteView,
): Promise<void> {
  await pet.settled()
  const told = async ({ id }: QuoteView) =>
    (await sales.get<{ entries: ActivityEntry[] }>(`/api/quotes/${id}/history`)).entries
  const first = await told(original)
  const second = await told(replacement)
  const types = [...first, ...second].map(({ eventType }) => eventType).join(' ')
  const whole =
    'QuoteDrafted QuoteSent QuoteAccepted QuoteDrafted QuoteEdited QuoteSent QuoteAccepted'
  const explained = [...first, ...second].every(
    ({ actorName, because }) => actorName !== '' && because.length > 0,
  )
  if (types === whole && explained)
    context.held('ST1-6', `${first.length + second.length} entries, each with person and rule`)
}

async function sendAndAccept(sales: Person, contact: Person, quote: QuoteView): Promise<QuoteView> {
  await accept(contact, await open(contact, await send(sales, quote)))
  return sales.get(`/api/quotes/${quote.id}`)
}

/** The hash of the document as the firm's page shows it now. */
export function hashOfWhatIsShown({ number, content, revision, customerName }: QuoteView): string {
  const original = { number, correction: null }
  return hashOfDocument(quoteDocument(original, { content, revision }, customerName ?? ''))
}

/** The planted defect: the rule QUO-4 is gone, and editing is let through after acceptance too. */
const editableAfterAcceptance: QuoteAggregate = {
  ...quote,
  rules: [
    ...quote.rules.filter(({ id }) => id !== 'QUO-4'),
    {
      id: 'QUO-2',
      document: 'quoting-and-pricing',
      sentence: 'An accepted quote can be edited like a draft.',
      when: (state, command) => {
        if (state.status !== 'accepted' || command.type !== 'EditQuote') return silent
        const { type: _, ...data } = command
        return requires({ type: 'QuoteEdited', data })
      },
    },
  ],
  evolve: (state, event) =>
    state.status === 'accepted' && event.type === 'QuoteEdited'
      ? { ...state, sent: { ...state.sent, ...event.data } }
      : quote.evolve(state, event),
}
