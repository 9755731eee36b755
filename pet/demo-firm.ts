import { uuidv7 } from '@pet/ledger/uuid'
import { customer } from './customers/customer.ts'
import type { CustomerCommand } from './customers/customer.ts'
import { customerStream, readCustomers } from './customers/read-customers.ts'
import { change, commit, load } from './rules/execute.ts'
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

const system = 'system'

const customers = [
  { name: 'Harbour Foods', contact: 'Hannah Reyes', email: 'hannah@harbour-foods.example' },
  { name: 'Northlight Clinics', contact: 'Noor Haddad', email: 'noor@northlight.example' },
  { name: 'Stonebridge Rail', contact: 'Stellan Berg', email: 'stellan@stonebridge.example' },
]

/** Fills an empty database with a firm that has sold something already. It goes the same way as everything else: commands. */
export async function seedDemoFirm(quoting: Quoting): Promise<void> {
  const { position } = await quoting.ledger.head()
  if (position > 0) return
  for (const one of customers) await addCustomer(quoting, one)
  const [harbour, northlight, stonebridge] = await Promise.all(
    customers.map((one) => named(quoting, one.name)),
  )
  if (!harbour || !northlight || !stonebridge) throw new Error('The demo customers were just added')

  const accepted = await draftQuote(quoting, command(), warehouse(harbour))
  await send(quoting, accepted)
  await accept(quoting, accepted, 'Hannah Reyes')
  const delta = await correctQuote(quoting, command(), accepted, 'delta')
  await editQuote(quoting, command(), delta, 1, forgottenTraining(harbour))
  await send(quoting, delta)
  await accept(quoting, delta, 'Hannah Reyes')

  await send(quoting, await draftQuote(quoting, command(), helpdesk(northlight)))
  await draftQuote(quoting, command(), survey(stonebridge))
}

async function addCustomer(quoting: Quoting, one: (typeof customers)[number]): Promise<void> {
  const stream = customerStream(uuidv7())
  const contactId = uuidv7()
  const personal = (value: string) => ({ kind: 'personal' as const, person: contactId, value })
  const commands: CustomerCommand[] = [
    { type: 'AddCustomer', name: one.name },
    {
      type: 'AddContact',
      contactId,
      name: personal(one.contact),
      email: personal(one.email),
    },
  ]
  for (const each of commands) {
    const loaded = await load(quoting.ledger, customer, stream)
    await commit(quoting.ledger, command(), [change(customer, loaded, each, null)])
  }
}

async function named(quoting: Quoting, name: string) {
  const all = await readCustomers(quoting.ledger, quoting.pool)
  const found = all.find((one) => one.name === name)
  return found && { customerId: found.id, contactId: found.contacts[0]?.id ?? null }
}

async function send(quoting: Quoting, id: string): Promise<void> {
  const { version } = await loadQuote(quoting, id)
  await sendQuote(quoting, command(), id, version)
}

async function accept(quoting: Quoting, id: string, name: string): Promise<void> {
  const { state } = await loadQuote(quoting, id)
  if (state.status !== 'sent') throw new Error('The demo quote was just sent')
  const { documentHash, content } = state.sent
  const { customerId, contactId } = content
  if (contactId === null) throw new Error('The demo quote names its contact')
  const who = { ...command(), actor: `contact:${customerId}/${contactId}` }
  await acceptQuote(quoting, who, id, { contactId, name, documentHash })
}

function command() {
  return { actor: system, commandId: `demo ${uuidv7()}` }
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
