import type { Ledger } from '@pet/ledger/ledger'
import type { Pool } from 'pg'
import type { Customer as CustomerView } from '../quoting/quote-view.ts'
import { load } from '../rules/execute.ts'
import { customer } from './customer.ts'

const mostCustomers = 200

/** The customers by name, with their contacts. Names of people come out of the log, where erasing a person reaches them. */
export async function readCustomers(ledger: Ledger, pool: Pool): Promise<CustomerView[]> {
  const { rows } = await pool.query<{ id: string }>(
    'select id from customers.customer order by name, id limit $1',
    [mostCustomers],
  )
  const found = await Promise.all(rows.map(({ id }) => readCustomer(ledger, id)))
  return found.filter((one) => one !== undefined)
}

/** One customer; undefined when there is none with that id. */
export async function readCustomer(ledger: Ledger, id: string): Promise<CustomerView | undefined> {
  const { state } = await load(ledger, customer, customerStream(id))
  if (state.status === 'none') return undefined
  const contacts = state.contacts.map(({ contactId, name, email }) => ({
    id: contactId,
    name: name.value,
    email: email.value,
  }))
  return { id, name: state.name, contacts }
}

/** The names of those customers, by id. */
export async function readCustomerNames(pool: Pool, ids: string[]): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ id: string; name: string }>(
    'select id, name from customers.customer where id = any($1)',
    [ids],
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export function customerStream(id: string): string {
  return `customer-${id}`
}
