import { uuidv7 } from '@pet/ledger/uuid'
import { customer } from './customers/customer.ts'
import type { CustomerCommand } from './customers/customer.ts'
import { customerStream, readCustomer } from './customers/read-customers.ts'
import { change, commit, load } from './rules/execute.ts'
import type { Who } from './rules/execute.ts'
import { once } from './rules/once.ts'
import {
  acceptQuote,
  correctQuote,
  draftQuote,
  editQuote,
  sendQuote,
} from './quoting/quote-actions.ts'
import type { QuoteContent, Section } from './quoting/quote-content.ts'
import { loadQuote } from './quoting/load-quote.ts'
import type { Quoting } from './quoting/quoting.ts'

/** The first and the last step: between them, a start that was cut short goes on. */
const [firstStep, lastStep] = ['add Harbour Foods', 'draft the survey']

/**
 * Fills an empty database with a firm that has sold something already. It goes the same way as everything else:
 * commands, each with an id of its own, so that a start that is killed on the way is finished by the next one.
 */
export async function seedDemoFirm(quoting: Quoting): Promise<void> {
  const { position } = await quoting.ledger.head()
  const isDone = async (step: string) => (await quoting.ledger.readCommand(id(step))).length > 0
  if (position > 0 && (!(await isDone(firstStep)) || (await isDone(lastStep)))) return
  const [harbour, northlight, stonebridge] = [
    await addCustomer(quoting, 'Harbour Foods', 'Hannah Reyes', 'hannah@harbour-foods.example'),
    await addCustomer(quoting, 'Northlight Clinics', 'Noor Haddad', 'noor@northlight.example'),
    await addCustomer(quoting, 'Stonebridge Rail', 'Stellan Berg', 'stellan@stonebridge.example'),
  ]

  const original = await draft(quoting, 'draft the roll-out', warehouse(harbour))
  await send(quoting, 'send the roll-out', original)
  await accept(quoting, 'accept the roll-out', original)
  const delta = await step(quoting, 'begin the correction', (who) =>
    correctQuote(quoting, who, original, 'delta'),
  )
  await step(quoting, 'write the correction', (who) =>
    editQuote(quoting, who, delta, 1, forgottenTraining(harbour)),
  )
  await send(quoting, 'send the correction', delta)
  await accept(quoting, 'accept the correction', delta)

  const service = await draft(quoting, 'draft the helpdesk', helpdesk(northlight))
  await send(quoting, 'send the helpdesk', service)
  await draft(quoting, lastStep, survey(stonebridge))
}

/** Takes a step once, however often it is tried, and returns the id of what it made or changed. */
async function step(
  { ledger }: Quoting,
  name: string,
  take: (who: Who) => Promise<unknown>,
  actor = 'system',
): Promise<string> {
  const who = { actor, commandId: id(name) }
  const stream = await once(ledger, who, () => take(who))
  return stream.slice(stream.indexOf('-') + 1)
}

async function addCustomer(
  quoting: Quoting,
  name: string,
  contact: string,
  email: string,
): Promise<For> {
  const decide = async (who: Who, customerId: string, command: CustomerCommand) => {
    const loaded = await load(quoting.ledger, customer, customerStream(customerId))
    await commit(quoting.ledger, who, [change(customer, loaded, command, null)])
  }
  const customerId = await step(quoting, `add ${name}`, (who) =>
    decide(who, uuidv7(), { type: 'AddCustomer', name }),
  )
  await step(quoting, `add ${contact}`, (who) => {
    const contactId = uuidv7()
    const personal = (value: string) => ({ kind: 'personal' as const, person: contactId, value })
    const about = { contactId, name: personal(contact), email: personal(email) }
    return decide(who, customerId, { type: 'AddContact', ...about })
  })
  const added = await readCustomer(quoting.ledger, customerId)
  return { customerId, contactId: added?.contacts[0]?.id ?? null }
}

function draft(quoting: Quoting, name: string, content: QuoteContent): Promise<string> {
  return step(quoting, name, (who) => draftQuote(quoting, who, content))
}

async function send(quoting: Quoting, name: string, quoteId: string): Promise<void> {
  const { version } = await loadQuote(quoting, quoteId)
  await step(quoting, name, (who) => sendQuote(quoting, who, quoteId, version))
}

async function accept(quoting: Quoting, name: string, quoteId: string): Promise<void> {
  const { state } = await loadQuote(quoting, quoteId)
  if (!('sent' in state)) throw new Error('The demo quote was just sent')
  const { documentHash, content } = state.sent
  const { customerId, contactId } = content
  if (contactId === null) throw new Error('The demo quote names its contact')
  const by = { contactId, name: 'Hannah Reyes', documentHash }
  const take = (who: Who) => acceptQuote(quoting, who, quoteId, by)
  await step(quoting, name, take, `contact:${customerId}/${contactId}`)
}

function id(step: string): string {
  return `demo: ${step}`
}

type For = Pick<QuoteContent, 'customerId' | 'contactId'>

function warehouse(who: For): QuoteContent {
  return {
    ...who,
    title: 'Warehouse system roll-out',
    currency: 'EUR',
    sections: [
      {
        kind: 'products',
        id: 'products',
        title: 'Hardware',
        lines: [
          { id: 'scanner', description: 'Hand scanner', quantity: 24, unitPriceMinor: 38_900 },
          { id: 'dock', description: 'Charging dock', quantity: 6, unitPriceMinor: 12_450 },
        ],
      },
      {
        kind: 'implementation',
        id: 'implementation',
        title: 'Implementation',
        milestones: [
          {
            id: 'designed',
            title: 'Design signed off',
            tasks: [
              task('workshop', 'Process workshop', 'Senior consultant', 16, 16_500),
              task('design', 'Solution design', 'Architect', 24, 18_500),
            ],
          },
          {
            id: 'live',
            title: 'First warehouse live',
            tasks: [
              task('build', 'Configuration and interfaces', 'Engineer', 80, 13_500),
              task('steering', 'Steering', 'Project manager', 20, 15_000),
            ],
          },
        ],
      },
      recurring('Support, business hours', 240_000, 12, 600),
    ],
  }
}

function forgottenTraining(who: For): QuoteContent {
  return {
    ...who,
    title: 'Correction: training was left out',
    currency: 'EUR',
    sections: [
      {
        kind: 'adjustment',
        id: 'correction',
        title: 'Correction',
        lines: [{ id: 'training', description: 'Training of shift leads', amountMinor: 180_000 }],
      },
    ],
  }
}

function helpdesk(who: For): QuoteContent {
  return {
    ...who,
    title: 'Helpdesk for nine clinics',
    currency: 'GBP',
    sections: [recurring('Helpdesk, 7 to 19 h', 410_000, 24, 2_400)],
  }
}

function survey(who: For): QuoteContent {
  return {
    ...who,
    title: 'Signalling survey',
    currency: 'EUR',
    sections: [
      {
        kind: 'implementation',
        id: 'implementation',
        title: 'Survey',
        milestones: [
          {
            id: 'report',
            title: 'Report delivered',
            tasks: [{ ...task('visits', 'Site visits', 'Engineer', 1, 13_500), minutes: null }],
          },
        ],
      },
    ],
  }
}

function recurring(
  description: string,
  pricePerPeriodMinor: number,
  periods: number,
  minutesPerPeriod: number,
): Section {
  const line = { id: 'service', description, period: 'month' as const }
  return {
    kind: 'recurring',
    id: 'recurring',
    title: 'Service',
    lines: [{ ...line, periods, pricePerPeriodMinor, minutesPerPeriod }],
  }
}

function task(
  id: string,
  title: string,
  role: 'Senior consultant' | 'Architect' | 'Engineer' | 'Project manager',
  hours: number,
  hourlyRateMinor: number,
) {
  return { id, title, role, minutes: hours * 60, hourlyRateMinor }
}
