import * as fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { decide, fold } from '../rules/aggregate.ts'
import type { QuoteCommand, QuoteFacts } from './quote-commands.ts'
import type { QuoteEvent } from './quote-events.ts'
import { quote } from './quote.ts'
import { quoteTries } from './quote-walk.ts'
import type { Quote } from './quote-state.ts'

const someId = '01890000-0000-7000-8000-000000000001'
const hash = 'a'.repeat(64)
const linkExpiresAt = '2027-01-01T00:00:00.000Z'

const draft = { type: 'DraftQuote', number: 'Q-1', correction: null, ...priced(60) } as const
const sendIt = {
  type: 'SendQuote',
  customerName: 'Harbour Foods',
  documentHash: hash,
  linkExpiresAt,
} as const
const acceptIt = {
  type: 'AcceptQuote',
  documentHash: hash,
  acceptedBy: { kind: 'personal', person: someId, value: 'Hannah' },
  acceptedAt: '2026-12-01T00:00:00.000Z',
  contractId: someId,
} as const

describe('a quote', () => {
  test('is sent as it was last edited', () => {
    given(draft, { type: 'EditQuote', ...priced(90) })
      .when(sendIt)
      .thenHappens({
        type: 'QuoteSent',
        data: {
          ...priced(90),
          revision: 1,
          customerName: 'Harbour Foods',
          documentHash: hash,
          linkExpiresAt,
        },
      })
  })

  test('names everything that is missing before it is sent, at once', () => {
    const { content } = priced(null)
    given({ ...draft, content: { ...content, contactId: null } })
      .when(sendIt)
      .thenRefused('QUO-8', 'QUO-9')
  })

  test('is neither edited nor sent again once sent', () => {
    given(draft, sendIt)
      .when({ type: 'EditQuote', ...priced(90) })
      .thenRefused('QUO-5')
    given(draft, sendIt).when(sendIt).thenRefused('QUO-5')
  })

  test('stands as sent while its next revision is written, and is superseded when that is sent', () => {
    const revised = [
      draft,
      sendIt,
      { type: 'ReviseQuote' },
      { type: 'EditQuote', ...priced(90) },
    ] as const
    given(...revised)
      .when(acceptIt)
      .thenHappens({ type: 'QuoteAccepted', data: accepted(1, priced(60)) })
    given(...revised, { ...sendIt, documentHash: 'b'.repeat(64) })
      .when(acceptIt)
      .thenRefused('QUO-13')
  })

  test('is accepted until its link expires, not a moment after', () => {
    given(draft, sendIt)
      .when({ ...acceptIt, acceptedAt: linkExpiresAt })
      .thenHappens({
        type: 'QuoteAccepted',
        data: { ...accepted(1, priced(60)), acceptedAt: linkExpiresAt },
      })
    given(draft, sendIt)
      .when({ ...acceptIt, acceptedAt: '2027-01-01T00:00:00.001Z' })
      .thenRefused('QUO-14')
  })

  test.each([
    { type: 'EditQuote', ...priced(90) },
    sendIt,
    { type: 'ReviseQuote' },
    acceptIt,
    { type: 'RejectQuote', reason: 'Too dear' },
    { type: 'WithdrawQuote', reason: 'Wrong price' },
  ] satisfies QuoteCommand[])('refuses $type once it is accepted', (command) => {
    given(draft, sendIt, acceptIt).when(command).thenRefused('QUO-4')
  })

  test('corrects only what was accepted, for the same customer and currency, and still stands', () => {
    const correction = {
      kind: 'delta',
      parentId: someId,
      parentNumber: 'Q-0',
      parentTotalMinor: 1,
      contractId: someId,
    } as const
    const corrects = { ...draft, correction }
    const parent = {
      status: 'accepted',
      isDelta: false,
      stands: true,
      customerId: someId,
      currency: 'EUR',
    } as const
    given().when(corrects, { parent }).thenDecided('QuoteDrafted')
    given()
      .when(corrects, { parent: { ...parent, status: 'sent' } })
      .thenRefused('QUO-19')
    given()
      .when(corrects, { parent: { ...parent, isDelta: true } })
      .thenRefused('QUO-20')
    given()
      .when(corrects, { parent: { ...parent, stands: false } })
      .thenRefused('QUO-20')
    given()
      .when(corrects, { parent: { ...parent, currency: 'GBP' } })
      .thenRefused('QUO-21')
  })

  test('never leaves accepted, rejected or withdrawn, whatever is tried in whatever order', () => {
    const runs = inject('depth') === 'full' ? 10_000 : 500
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000 }), { maxLength: 40 }), (choices) => {
        let state = quote.initial
        let ended: Quote | undefined
        for (const choice of choices) {
          const tries = quoteTries(state)
          const { command, facts } = tries[choice % tries.length]!
          const decision = decide(quote, state, command, facts)
          expect(decision.outcome).not.toBe('unexplained')
          if (decision.outcome !== 'decided') continue
          expect(ended).toBeUndefined()
          state = fold(
            quote,
            decision.events.map(({ event }) => event),
            state,
          )
          if (['accepted', 'rejected', 'withdrawn'].includes(state.status)) ended = state
        }
        if (ended) expect(state).toBe(ended)
      }),
      { numRuns: runs },
    )
  })
})

/** Given these commands were carried out, when this one comes, then … */
function given(...commands: QuoteCommand[]) {
  const state = commands.reduce<Quote>((before, command) => {
    const decision = decide(quote, before, command, { parent: null })
    if (decision.outcome !== 'decided') throw new Error(`${command.type} was to be carried out`)
    return fold(
      quote,
      decision.events.map(({ event }) => event),
      before,
    )
  }, quote.initial)
  return {
    when: (command: QuoteCommand, facts: QuoteFacts = { parent: null }) => {
      const decision = decide(quote, state, command, facts)
      const events = decision.outcome === 'decided' ? decision.events.map(({ event }) => event) : []
      return {
        thenHappens: (event: QuoteEvent) => expect(events).toEqual([event]),
        thenDecided: (type: QuoteEvent['type']) =>
          expect(events.map((one) => one.type)).toEqual([type]),
        thenRefused: (...ids: string[]) => {
          const rules = decision.outcome === 'refused' ? decision.rules.map(({ id }) => id) : []
          expect(rules).toEqual(ids)
        },
      }
    },
  }
}

function accepted(revision: number, { totalMinor, soldMinutes }: ReturnType<typeof priced>) {
  const { documentHash, acceptedBy, acceptedAt, contractId } = acceptIt
  return { revision, documentHash, acceptedBy, acceptedAt, contractId, totalMinor, soldMinutes }
}

function priced(minutes: number | null) {
  const task = {
    id: 't',
    title: 'Workshop',
    role: 'Engineer' as const,
    hourlyRateMinor: 10_000,
    minutes,
  }
  const milestones = [{ id: 'm', title: 'Live', tasks: [task] }]
  return {
    content: {
      title: 'Roll-out',
      customerId: someId,
      contactId: someId,
      currency: 'EUR' as const,
      sections: [{ kind: 'implementation' as const, id: 's', title: 'Implementation', milestones }],
    },
    totalMinor: 10_000,
    soldMinutes: minutes ?? 0,
  }
}
