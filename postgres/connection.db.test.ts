import { expect, inject, test } from 'vitest'
import { checkConnection } from './connection.ts'
import { withDatabase } from './database.ts'

const serverUrl = inject('postgresUrl')

test('a database that answers is fine', async () => {
  await expect(checkConnection(serverUrl)).resolves.toBeUndefined()
})

test.for([
  ['not a URL', 'localhost:5432', /not the URL/],
  ['another scheme', 'http://localhost/', /not the URL/],
  ['nobody there', 'postgres://a:secret@127.0.0.1:1/pet', /127\.0\.0\.1:1\/pet: nothing listens/],
  ['no such host', 'postgres://a:secret@nowhere.invalid/pet', /host is unknown/],
  ['no such database', withDatabase(serverUrl, 'nope'), /no such database/],
  ['a wrong password', serverUrl.replace(/:[^:@]+@/, ':secret@'), /refuses the password/],
] as const)(
  'a wrong URL gets a sentence and never shows the password: %s',
  async ([, url, says]) => {
    const problem = await checkConnection(url).catch((error: unknown) => error)
    expect(problem).toMatchObject({
      code: 'cannot-connect',
      message: expect.stringMatching(says),
      advice: expect.stringMatching(/\.$/),
    })
    expect(String(problem)).not.toContain('secret')
  },
)
