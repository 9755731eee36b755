import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { askForAdministrator } from './administrator.ts'

let answer: { status: number; body: unknown }
let pet: Server
let ask: ReturnType<typeof askForAdministrator>

beforeEach(async () => {
  pet = createServer((request, response) => {
    const known = request.url === '/api/session' && request.headers.cookie === 'session=1'
    response.writeHead(known ? answer.status : 400).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((settle) => pet.listen(0, '127.0.0.1', settle))
  ask = askForAdministrator(`http://127.0.0.1:${(pet.address() as AddressInfo).port}`)
})

afterEach(() => void pet.close())

const cookie = 'session=1'
const as = (roles: string[]) => ({ status: 200, body: { account: { name: 'Ada', roles } } })

test('an administrator is one whom PET calls so', async () => {
  answer = as(['sales', 'administrator'])
  expect(await ask({ cookie })).toEqual({ name: 'Ada' })
  answer = as(['sales'])
  expect(await ask({ cookie })).toBe('somebody-else')
  answer = { status: 200, body: { account: null } }
  expect(await ask({ cookie })).toBeUndefined()
  expect(await ask({})).toBeUndefined()
})

test.for([
  ['answers with an error', { status: 500, body: {} }],
  ['answers nonsense', { status: 200, body: { account: 'Ada' } }],
] as const)('a PET that %s: who was an administrator stays one', async ([, broken]) => {
  answer = broken
  expect(await ask({ cookie })).toBeUndefined()
  answer = as(['administrator'])
  await ask({ cookie })
  answer = broken
  expect(await ask({ cookie })).toEqual({ name: 'Ada' })
  expect(await ask({ cookie: 'session=2' })).toBeUndefined()
})

test('a PET that is gone: who was an administrator stays one, who was not does not', async () => {
  answer = as(['administrator'])
  await ask({ cookie })
  pet.closeAllConnections()
  await new Promise((settle) => pet.close(settle))
  expect(await ask({ cookie })).toEqual({ name: 'Ada' })
})

test('a no counts at once, also for later', async () => {
  answer = as(['administrator'])
  await ask({ cookie })
  answer = as([])
  await ask({ cookie })
  answer = { status: 500, body: {} }
  expect(await ask({ cookie })).toBeUndefined()
})
