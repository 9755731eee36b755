import pg from 'pg'
import { DatabaseProblem } from './problem.ts'

/** The oldest server that PET runs on: 18 brought `uuidv7()`. */
const oldestVersion = 18

const adviceOn = {
  address: 'Check the host and the port in the URL, and that the server is running there.',
  password: 'Check the user and the password in the URL.',
  database: 'Create the database, or correct its name in the URL.',
  form: 'It has the form postgres://user:password@host:5432/database.',
}

const refusals: Record<string, { says: string; advice: string }> = {
  ECONNREFUSED: { says: 'nothing listens there', advice: adviceOn.address },
  ECONNRESET: { says: 'the connection was cut', advice: adviceOn.address },
  ENOTFOUND: { says: 'the host is unknown', advice: adviceOn.address },
  EAI_AGAIN: { says: 'the host is unknown', advice: adviceOn.address },
  ETIMEDOUT: { says: 'the host does not answer', advice: adviceOn.address },
  '28P01': { says: 'the server refuses the password', advice: adviceOn.password },
  '28000': { says: 'the server refuses this user', advice: adviceOn.password },
  '3D000': { says: 'it has no such database', advice: adviceOn.database },
}

/**
 * Opens one connection, which the block ends: `await using connection = await connect(url)`.
 *
 * @throws DatabaseProblem 'cannot-connect'; the URL's password is never in its message.
 */
export async function connect(
  url: string,
  options: { statementTimeoutMs?: number } = {},
): Promise<{ client: pg.Client } & AsyncDisposable> {
  const client = new pg.Client({
    connectionString: parse(url).href,
    application_name: 'pet',
    connectionTimeoutMillis: 10_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw cannotConnect(url, error)
  }
  return { client, [Symbol.asyncDispose]: () => client.end() }
}

/**
 * Makes sure that a server that PET can use answers at `url`.
 *
 * @param options.oldest major version, where an older one than PET runs on will do.
 * @throws DatabaseProblem 'cannot-connect' or 'too-old'.
 */
export async function checkConnection(
  url: string,
  { oldest = oldestVersion }: { oldest?: number } = {},
): Promise<void> {
  await using connection = await connect(url)
  const { rows } = await connection.client.query<{ server_version: string }>('show server_version')
  const version = rows[0]?.server_version ?? ''
  if (Number.parseInt(version, 10) >= oldest) return
  throw new DatabaseProblem(
    'too-old',
    `The server at ${placeOf(url)} is PostgreSQL ${version}; PET needs ${oldest} or newer.`,
    'Upgrade it, or unset DATABASE_URL to use the server that PET brings along.',
  )
}

/** Where a URL leads, without its user and password: `host:5432/database`. */
export function placeOf(url: string): string {
  const { host, pathname } = parse(url)
  return `${host}${pathname}`
}

function parse(url: string): URL {
  const parsed = URL.parse(url)
  if (parsed && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.hostname) return parsed
  throw new DatabaseProblem(
    'cannot-connect',
    'This is not the URL of a PostgreSQL database.',
    adviceOn.form,
  )
}

function cannotConnect(url: string, error: unknown): DatabaseProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : String(error)
  const { says, advice } = refusals[code] ?? { says: message, advice: adviceOn.address }
  return new DatabaseProblem(
    'cannot-connect',
    `Can't connect to PostgreSQL at ${placeOf(url)}: ${says}.`,
    advice,
    error,
  )
}
