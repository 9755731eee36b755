import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { migrate } from '@pet/postgres/migrate'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { escapeLiteral, type Pool, type PoolClient } from 'pg'
import { expect, test } from 'vitest'
import { auditSnapshot } from './audit.ts'
import { createLedger } from './ledger.ts'
import { LedgerError } from './ledger-error.ts'
import { ledgerMigrations } from './migrations.ts'
import { note } from './testing.ts'
import { allAttacks, type Attack } from './testing/attacks.ts'

const document = fileURLToPath(
  new URL('../documents/domain-and-data-immutability.md', import.meta.url),
)
const actors = ['the application', 'the owner', 'a superuser'] as const
type Actor = (typeof actors)[number]
type Head = { position: number; hash: string }

// Renewed by `npx vitest run ledger/attacks --update`.
test('every attempt is prevented or detected, as the document says', async () => {
  await using log = await attackedLog()
  const rows: string[] = []
  for (const attack of allAttacks()) {
    const cells: string[] = [attack.attempt, attack.on]
    for (const actor of actors) {
      const outcome = await tryOut(log.pools[actor], attack, log.exported)
      expect(outcome, `${attack.attempt} on ${attack.on} as ${actor}`).not.toBe('unnoticed')
      cells.push(outcome)
    }
    rows.push(`| ${cells.join(' | ')} |`)
  }
  expect(rows.length).toBeGreaterThan(35)
  await expect(withTable(await readFile(document, 'utf8'), rows)).toMatchFileSnapshot(document)
})

test('the attempts leave no trace: each is taken back', async () => {
  await using log = await attackedLog()
  const client = await log.pools['a superuser'].connect()
  try {
    expect(await auditSnapshot(client, { against: log.exported })).toMatchObject({
      ...{ events: 6, ok: true, unguarded: [], against: { holds: true } },
    })
    const update = {
      attempt: 'UPDATE',
      on: 'the log',
      sql: `update ledger.event set actor = actor`,
    }
    expect(await tryOut(log.pools['the owner'], update, log.exported)).toBe(
      'prevented by a trigger',
    )
    const nothing = { attempt: 'none', on: 'the log', sql: 'select' }
    expect(await tryOut(log.pools['the owner'], nothing, log.exported)).toBe('unnoticed')
  } finally {
    client.release()
  }
})

/** What becomes of an attempt, in a transaction that is rolled back: the audit sees what a commit would have left. */
async function tryOut(pool: Pool, { sql }: Attack, exported: Head): Promise<string> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read')
    let granted = true
    client.on('notice', ({ code }) => (granted &&= code !== '01007')) // a grant by one who may not only warns
    const refusal = await client.query(sql).then(() => undefined, inWords)
    if (!granted) return noRight
    return refusal ?? (await whatTheAuditSays(client, exported))
  } finally {
    client.removeAllListeners('notice')
    await client.query('rollback')
    client.release()
  }
}

const noRight = 'prevented by want of the right'

function inWords(error: Error): string {
  const code = 'code' in error ? error.code : undefined
  if (code === '42501') return noRight
  if (code === '23001') return 'prevented by a trigger'
  throw error // the attempt itself is wrong
}

async function whatTheAuditSays(client: PoolClient, exported: Head): Promise<string> {
  try {
    const { ok, firstBroken, unguarded, against } = await auditSnapshot(client, {
      against: exported,
    })
    if (ok) return 'unnoticed'
    if (firstBroken !== null) return `detected by the audit at position ${firstBroken}`
    if (unguarded.length > 0) return 'detected by the audit: unguarded'
    return against?.holds === false ? 'detected by an exported head' : 'unnoticed'
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'no-log') {
      return 'detected by the audit: no log'
    }
    throw error
  }
}

function withTable(markdown: string, rows: string[]): string {
  const begin = '<!-- attack table -->'
  const from = markdown.indexOf(begin) + begin.length
  const to = markdown.indexOf('<!-- end -->', from)
  expect(from).toBeGreaterThan(begin.length)
  const header = `| attempt | on | as ${actors.join(' | as ')} |\n| --- | --- | --- | --- | --- |`
  return `${markdown.slice(0, from)}\n\n${header}\n${rows.join('\n')}\n\n${markdown.slice(to)}`
}

type AttackedLog = AsyncDisposable & { pools: Record<Actor, Pool>; exported: Head }

/** A log whose owner is not a superuser, with the groups 1–3, 4–5 and 6 in it. */
async function attackedLog(): Promise<AttackedLog> {
  await using resources = new AsyncDisposableStack()
  const { ownerUrl: superuserUrl, applicationUrl, serverUrl, ...database } = await testDatabase()
  const { pool: server } = resources.use(usingPool(serverUrl, { max: 1 }))
  const owner = `owner_${randomUUID().replaceAll('-', '')}`
  const password = randomUUID()
  await server.query(`create role ${owner} login password ${escapeLiteral(password)}`)
  resources.defer(async () => void (await server.query(`drop role ${owner}`)))
  resources.use(database)
  const ownerUrl = withUser(superuserUrl, owner, password)
  await server.query(`alter database ${new URL(superuserUrl).pathname.slice(1)} owner to ${owner}`)
  await migrate(ownerUrl, [ledgerMigrations])

  const pools = {
    'the application': resources.use(usingPool(applicationUrl, { max: 2 })).pool,
    'the owner': resources.use(usingPool(ownerUrl, { max: 2 })).pool,
    'a superuser': resources.use(usingPool(superuserUrl, { max: 2 })).pool,
  }
  const ledger = createLedger({ pool: pools['the application'] })
  const data = [1, 2, 3].map((n) => ({ n }))
  await ledger.append(note('a', { data }))
  await ledger.append(note('b', { data: data.slice(1) }))
  await ledger.append(note('a'))
  const exported = await ledger.head()
  const opened = resources.move()
  return { pools, exported, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

function withUser(url: string, user: string, password: string): string {
  const other = new URL(url)
  other.username = user
  other.password = password
  return other.href
}
