import type { HttpServer } from '@pet/http/server'
import type { Ledger } from '@pet/ledger/ledger'
import type { Pool } from 'pg'
import { readCustomers } from './read-customers.ts'

export function customerRoutes(app: HttpServer, { ledger, pool }: { ledger: Ledger; pool: Pool }) {
  app.get('/api/customers', { config: { policy: 'signed-in' } }, async () => ({
    customers: await readCustomers(ledger, pool),
  }))
}
