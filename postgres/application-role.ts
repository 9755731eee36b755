import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { escapeLiteral } from 'pg'
import { connect } from './connection.ts'
import { DatabaseProblem } from './problem.ts'

/** The role as which the application works; migrations grant it what it may do. */
export const applicationRole = 'pet'

const attempts = 5
const insufficientPrivilege = '42501'

/**
 * Makes sure that the role `pet` exists and can log in, and returns the URL of the same database
 * as that role. Its password is derived from the owner's, so every node that has the owner's URL
 * arrives at the same. Any number of processes may call this at once.
 *
 * @throws DatabaseProblem 'no-password', 'cannot-create-role' or 'cannot-connect'.
 */
export async function ensureApplicationRole(ownerUrl: string): Promise<{ url: string }> {
  const url = applicationUrlOf(ownerUrl)
  for (let attempt = 1; ; attempt++) {
    if (await canLogIn(url)) return { url }
    try {
      await createOrAlter(ownerUrl, new URL(url).password)
    } catch (error) {
      // Two processes at once: one of them finds the role made, or changed, under its hands.
      if (error instanceof DatabaseProblem || attempt === attempts) throw error
      await delay(attempt * 50)
    }
  }
}

function applicationUrlOf(ownerUrl: string): string {
  const url = new URL(ownerUrl)
  if (decodeURIComponent(url.username) === applicationRole) {
    throw new DatabaseProblem(
      'cannot-create-role',
      `The URL's user is ${applicationRole}, which is the name of the restricted role that PET makes for itself.`,
      'Let another user own the database, and write that one into the URL.',
    )
  }
  if (url.password === '') {
    throw new DatabaseProblem(
      'no-password',
      `The URL of the database has no password, and the password of the role ${applicationRole} derives from it.`,
      'Give the owner a password and write it into the URL: postgres://user:password@host:5432/database.',
    )
  }
  const ownerPassword = decodeURIComponent(url.password)
  url.username = applicationRole
  url.password = createHmac('sha256', ownerPassword)
    .update('pet application role')
    .digest('base64url')
  return url.href
}

async function canLogIn(url: string): Promise<boolean> {
  try {
    await using _connection = await connect(url)
    return true
  } catch {
    return false
  }
}

async function createOrAlter(ownerUrl: string, password: string): Promise<void> {
  await using owner = await connect(ownerUrl)
  const { rowCount } = await owner.client.query('select from pg_roles where rolname = $1', [
    applicationRole,
  ])
  const verb = rowCount === 0 ? 'create' : 'alter'
  const abilities = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
  try {
    await owner.client.query(
      `${verb} role ${applicationRole} ${verb === 'create' ? abilities : 'login'} password ${escapeLiteral(password)}`,
    )
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === insufficientPrivilege) {
      throw new DatabaseProblem(
        'cannot-create-role',
        `The owner of the database may not ${verb} the role ${applicationRole}.`,
        'Let a superuser run "alter role <owner> createrole", or give a URL whose user may.',
        error,
      )
    }
    throw error
  }
}
