import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Pool, PoolClient } from 'pg'
import { LedgerError } from './ledger-error.ts'
import type { KeyOf } from './personal.ts'

/**
 * How long a node may still use the key of a person that another node has erased. Short, because
 * erasure is done only then; long enough that a rebuild does not ask for a key at each event.
 */
const keyLifeMs = 10_000
const keysAtMost = 10_000

/** The keys of persons, from `ledger.person_key` through a small, short-lived cache. */
export interface PersonKeys {
  /** Keys to encrypt under, made where there is none. @throws LedgerError 'person-erased'. */
  forWriting(database: Pool, persons: ReadonlySet<string>): Promise<KeyOf>
  forReading(database: Pool | PoolClient, persons: ReadonlySet<string>): Promise<KeyOf>
  forget(person: string): void
}

export function createPersonKeys(): PersonKeys {
  const cache = new LRUCache<string, Buffer>({ max: keysAtMost, ttl: keyLifeMs })

  async function fetch(
    database: Pool | PoolClient,
    persons: ReadonlySet<string>,
  ): Promise<Map<string, Buffer | null>> {
    const keys = new Map<string, Buffer | null>()
    for (const person of persons) {
      const key = cache.get(person)
      if (key) keys.set(person, key)
    }
    const missing = [...persons].filter((person) => !keys.has(person))
    if (missing.length === 0) return keys
    const { rows } = await database.query<{ person: string; key: Buffer | null }>(
      'select person, key from ledger.person_key where person = any($1)',
      [missing],
    )
    for (const { person, key } of rows) {
      keys.set(person, key)
      if (key) cache.set(person, key)
    }
    return keys
  }

  return {
    async forWriting(database, persons) {
      let keys = await fetch(database, persons)
      const unknown = [...persons].filter((person) => !keys.has(person))
      if (unknown.length > 0) {
        await insertKeys(database, unknown)
        keys = await fetch(database, persons) // another node may have been first: its key holds
      }
      return (person) => keys.get(person) ?? refuseErased(person)
    },
    async forReading(database, persons) {
      const keys = await fetch(database, persons)
      return (person) => keys.get(person) ?? null
    },
    forget: (person) => void cache.delete(person),
  }
}

/** In order, so that two nodes that insert the same persons at once do not deadlock. */
async function insertKeys(database: Pool, persons: string[]): Promise<void> {
  await database.query(
    `insert into ledger.person_key (person, key)
     select person, key from unnest($1::text[], $2::bytea[]) as new (person, key)
     order by person
     on conflict do nothing`,
    [persons, persons.map(() => randomBytes(32))],
  )
}

function refuseErased(person: string): never {
  throw new LedgerError(
    'person-erased',
    `The person "${person}" was erased; nothing personal can be recorded under this id again.`,
  )
}
