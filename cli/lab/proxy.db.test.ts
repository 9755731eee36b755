import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Toxiproxy } from 'toxiproxy-node-client'
import { expect, test } from 'vitest'
import { runPet } from '../up/testing/run-pet.ts'

async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'pet-proxy-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

test('serves the API until it is told to end, with the proxies of its file', async () => {
  await using temporary = await temporaryFolder()
  const config = join(temporary.folder, 'proxies.json')
  const proxy = { name: 'db', listen: '127.0.0.1:0', upstream: '127.0.0.1:5432' }
  await writeFile(config, JSON.stringify([proxy]))
  const pet = runPet(['lab', 'proxy', '--port', '0', '--seed', '7', '--json', '--config', config], {
    PET_HOME: temporary.folder,
  })
  await pet.says('\n')
  const { url, seed } = JSON.parse(pet.output()) as { url: string; seed: number }
  expect(seed).toBe(7)
  const db = await new Toxiproxy(url).get('db')
  expect(db.toJson()).toMatchObject({ upstream: '127.0.0.1:5432', enabled: true })
  pet.child.kill('SIGTERM')
  expect(await pet.exited).toBe(0)
})

test('says what is wrong, and ends with 2', async () => {
  await using temporary = await temporaryFolder()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const file = async (name: string, content: string) => {
    const path = join(temporary.folder, name)
    await writeFile(path, content)
    return path
  }
  const proxy = { name: 'db', listen: '127.0.0.1:0', upstream: '127.0.0.1:5432' }
  const list = (...proxies: object[]) => JSON.stringify(proxies)
  const cases: [words: string[], says: RegExp][] = [
    [['--port', String(port)], /can't listen on 127\.0\.0\.1:\d+: it is taken/],
    [['--port', 'http'], /--port: http was given, but it is a whole number/],
    [['--seed', '-1'], /seed: -1 was given/],
    [['--config', join(temporary.folder, 'none.json')], /can't be read: ENOENT/],
    [['--config', await file('broken.json', '[{')], /can't be read: .*JSON/],
    [['--config', await file('object.json', '{}')], /expected array/],
    [['--config', await file('twice.json', list(proxy, proxy))], /"db" is there twice/],
    [
      ['--config', await file('taken.json', list({ ...proxy, listen: `127.0.0.1:${port}` }))],
      /is taken; free it, or take another port/,
    ],
    [['--config', await file('no.json', list({ ...proxy, upstream: 'x' }))], /expected host:port/],
  ]
  const runs = cases.map(async ([words, says]) => {
    const pet = runPet(['lab', 'proxy', '--port', '0', ...words], { PET_HOME: temporary.folder })
    expect([await pet.exited, pet.output()], words.join(' ')).toEqual([
      2,
      expect.stringMatching(says),
    ])
    expect(pet.output()).not.toMatch(/^\s+at /m)
  })
  await Promise.all(runs)
  server.close()
})
