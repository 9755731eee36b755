import type { Pool } from 'pg'

/** What every event holds, in our log and in Emmett's. */
export const hours = {
  minutes: 30,
  role: 'Consultant',
  note: 'Workshop and migration plan, on site',
}

export const eventsPerProject = 20

export type Sums = { projects: number; minutes: number; entries: number }

/** Over all projects. */
export async function sumsOf(pool: Pool, table: string): Promise<Sums> {
  const { rows } = await pool.query<Sums>(
    `select count(*)::integer as projects, sum(minutes)::integer as minutes,
       sum(entries)::integer as entries from ${table}`,
  )
  return rows[0]!
}
