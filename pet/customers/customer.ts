import { personal } from '@pet/ledger/personal'
import { z } from 'zod'
import type { Aggregate } from '../rules/aggregate.ts'
import { forbids, requires, rulesFor, silent } from '../rules/rule.ts'

export const customerEvents = {
  CustomerAdded: z.strictObject({ name: z.string().trim().min(1).max(200) }),
  ContactAdded: z.strictObject({ contactId: z.uuid(), name: personal(), email: personal() }),
}

export type CustomerEvent = {
  [Type in keyof typeof customerEvents]: {
    type: Type
    data: z.infer<(typeof customerEvents)[Type]>
  }
}[keyof typeof customerEvents]

type Contact = z.infer<typeof customerEvents.ContactAdded>

export type Customer = { status: 'none' } | { status: 'added'; name: string; contacts: Contact[] }

export type CustomerCommand =
  { type: 'AddCustomer'; name: string } | ({ type: 'AddContact' } & Contact)

const rule = rulesFor<Customer, CustomerCommand, null, CustomerEvent>()
const document = 'domain-and-data-immutability'

export const customerIsAddedOnce = rule({
  id: 'DAT-6',
  document,
  sentence: 'A customer is added once; what changes about it later is an event of its own.',
  when: (customer, command) => {
    if (command.type !== 'AddCustomer') return silent
    if (customer.status !== 'none') return forbids
    return requires({ type: 'CustomerAdded', data: { name: command.name } })
  },
})

export const contactBelongsToACustomer = rule({
  id: 'DAT-7',
  document,
  sentence: 'A contact belongs to a customer that was added, and is added once.',
  when: (customer, command) => {
    if (command.type !== 'AddContact') return silent
    if (customer.status === 'none') return forbids
    if (customer.contacts.some(({ contactId }) => contactId === command.contactId)) return forbids
    const { type: _, ...data } = command
    return requires({ type: 'ContactAdded', data })
  },
})

/** A customer and its contacts, as far as quotes need them. */
export const customer: Aggregate<Customer, CustomerCommand, null, CustomerEvent> = {
  name: 'customer',
  initial: { status: 'none' },
  evolve: evolveCustomer,
  rules: [customerIsAddedOnce, contactBelongsToACustomer],
  walk: {
    tries: () => [
      { command: { type: 'AddCustomer', name: 'Harbour Foods' }, facts: null },
      { command: aContact('first'), facts: null },
      { command: aContact('second'), facts: null, as: 'AddContact (another)' },
    ],
    stateName: ({ status }) => status,
    fingerprint: (state) =>
      state.status === 'none' ? 'none' : state.contacts.map(({ contactId }) => contactId).join(),
  },
}

function evolveCustomer(customer: Customer, event: CustomerEvent): Customer {
  if (event.type === 'CustomerAdded')
    return { status: 'added', name: event.data.name, contacts: [] }
  if (customer.status === 'none') throw new Error('A contact of a customer that was never added')
  return { ...customer, contacts: [...customer.contacts, event.data] }
}

function aContact(contactId: string): CustomerCommand {
  const value = { kind: 'personal' as const, person: contactId, value: 'Ada' }
  return { type: 'AddContact', contactId, name: value, email: value }
}
