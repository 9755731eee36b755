import { once } from 'node:events'
import { usingPool } from '@pet/postgres/pool'
import { createLedger } from '../ledger.ts'
import { catchUp, startProjections } from '../projections.ts'

/**
 * A node that writes down which event was handled by whom: `seen (position, node)`. Before an event
 * `hold` it says so, and waits to be told to go on, its transaction open.
 */
const [url = '', name = '', silenceAtMostMs = ''] = process.argv.slice(2)
const { pool } = usingPool(url, { applicationName: name, max: 4 })

const seen = catchUp({
  name: 'seen',
  version: 1,
  async handle(client, events) {
    for (const { position, data } of events) {
      if (data === 'hold') {
        process.send?.('holding')
        await once(process, 'message')
      }
      await client.query('insert into seen (position, node) values ($1, $2)', [position, name])
    }
  },
})

startProjections({
  ...{ ledger: createLedger({ pool }), pool, projections: [seen], batchSize: 5 },
  ...{ pollMs: 200, silenceAtMostMs: Number(silenceAtMostMs) },
})
process.once('disconnect', () => process.exit())
process.send?.('ready')
