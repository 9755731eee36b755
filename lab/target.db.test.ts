import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { holdTarget, parseTarget, reachTarget, withoutPassword } from './target.ts'

test('what a target is follows from its URL', () => {
  expect(parseTarget('https://example.org')).toEqual({ kind: 'http', url: 'https://example.org' })
  expect(parseTarget('tcp://127.0.0.1:6379').kind).toBe('tcp')
  expect(parseTarget('postgres://ada@db/pet').kind).toBe('database')
})

test.each(['', 'localhost:80', 'ftp://host', 'tcp://host', 'http://'])('%j is none', (text) => {
  expect(() => parseTarget(text)).toThrow('it is a URL such as http://127.0.0.1:8080')
})

test('is reached before anything is done to it, and its password is nobody’s business', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `postgres://ada:secret@127.0.0.1:${port}/pet`
  expect(await reachTarget(url)).toEqual({ kind: 'database', url })
  expect(withoutPassword({ kind: 'database', url }).url).not.toContain('secret')
  const behind = `postgres://127.0.0.1:${port}/pet?user=ada&password=secret&sslmode=disable`
  expect(withoutPassword({ kind: 'database', url: behind }).url).toBe(
    `postgres://127.0.0.1:${port}/pet?user=ada&password=***&sslmode=disable`,
  )
  server.close()
  await once(server, 'close')
  const refused = await reachTarget(url).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'unreachable-target' })
  expect(String(refused)).not.toContain('secret')
})

test('has one run at a time', () => {
  const target = parseTarget(`tcp://127.0.0.1:${process.pid % 60_000}`)
  {
    using _first = holdTarget(target)
    expect(() => holdTarget(target)).toThrow('one at a time on a target')
  }
  using _again = holdTarget(target)
})
