import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHttpServer } from './server.ts'
import { serveWeb } from './static.ts'

let folder: string
const app = createHttpServer()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pet-web-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<title>PET</title>')
  await writeFile(join(folder, 'icon.svg'), '<svg/>')
  await writeFile(join(folder, 'assets', 'index-1a2b.js'), 'export {}')
  app.get('/api/health', { config: { policy: 'public' } }, () => ({ status: 'ok' }))
  await serveWeb(app, pathToFileURL(`${folder}/`))
})

afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

test.each(['/', '/quotes/7', '/assets', '/q/a.b-c'])('%s is a page', async (url) => {
  const response = await app.inject(url)
  expect(response.body).toBe('<title>PET</title>')
  expect(response.headers['cache-control']).toBe('no-cache')
  expect(response.headers['content-type']).toContain('text/html')
})

test('a hashed file is kept for ever, another is asked for again', async () => {
  const hashed = await app.inject('/assets/index-1a2b.js')
  expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await app.inject('/icon.svg?v=2')).headers['cache-control']).toBe('no-cache')
})

test.each([
  '/api/nothing',
  '/api',
  '/metrics',
  '/assets/gone-1.js',
  '/assets/..%2f..%2fetc/passwd',
])('%s is no page', async (url) => {
  const response = await app.inject(url)
  expect(response.json()).toMatchObject({ status: 404 })
  expect(response.headers['cache-control']).toBe('no-store')
})

test('a route answers before the pages do', async () => {
  expect((await app.inject('/api/health')).json()).toEqual({ status: 'ok' })
})

test('a path out of the folder leads to a page, not to the file', async () => {
  expect((await app.inject('/..%2f..%2f..%2fetc/passwd')).body).toBe('<title>PET</title>')
})

test('a folder without a page is refused at start', async () => {
  const empty = pathToFileURL(`${folder}/assets/`)
  await expect(serveWeb(createHttpServer(), empty)).rejects.toThrow('The web page is not built')
})
