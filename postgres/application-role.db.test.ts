import { expect, inject, test } from 'vitest'
import { ensureApplicationRole } from './application-role.ts'
import { connect } from './connection.ts'

const serverUrl = inject('postgresUrl')

test('the role can log in, and is nothing more', async () => {
  const { url } = await ensureApplicationRole(serverUrl)
  await using application = await connect(url)
  const { rows } = await application.client.query(
    `select rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
     from pg_roles where rolname = current_user`,
  )
  expect(rows).toEqual([
    {
      rolname: 'pet',
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
    },
  ])
})

test('any number of processes at once arrive at the same URL', async () => {
  const urls = await Promise.all(Array.from({ length: 8 }, () => ensureApplicationRole(serverUrl)))
  expect(new Set(urls.map(({ url }) => url)).size).toBe(1)
})

test('an owner without a password is refused', async () => {
  const url = new URL(serverUrl)
  url.password = ''
  await expect(ensureApplicationRole(url.href)).rejects.toMatchObject({ code: 'no-password' })
})

test('an owner who has the name of the role keeps the password', async () => {
  const { url } = await ensureApplicationRole(serverUrl)
  await expect(ensureApplicationRole(url)).rejects.toMatchObject({ code: 'cannot-create-role' })
  await using _still = await connect(url)
})
