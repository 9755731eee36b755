import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { usingPool } from '@pet/postgres/pool'
import parsePrometheus from 'parse-prometheus-text-format'
import type {
  LogsPage,
  MetricsPage,
  RunComparison,
  RunRecord,
  RunView,
  ScenarioDetails,
  ScenarioSummary,
  TracesPage,
} from '../api-types.ts'
import { createRegistry } from '../registry.ts'
import { openLab } from '../run/open-lab.ts'
import type { Scenario } from '../scenario.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { startLab, type LabServer } from './server.ts'

const file = new URL('../testing/toys/patience.ts', import.meta.url)
const { default: scenario } = (await import(file.href)) as { default: Scenario }
const registry = createRegistry([{ scenario, file }])

/** Stands for PET: says what it got, streams, and can be away. */
function createPet() {
  const seen: { url: string | undefined; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers })
    if (request.url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: first\n\n')
      return // and never ends by itself
    }
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'set-cookie': ['a=1', 'b=2'] })
    request.pipe(response)
  })
  return { server, seen }
}

const metricsToken = 'only-for-this-test-0123456789'
const stack = new AsyncDisposableStack()
const pet = createPet()
let lab: LabServer
let home: string

beforeAll(async () => {
  ;({ home } = stack.use(await temporaryHome()))
  const web = join(home, 'web')
  await mkdir(join(web, 'assets'), { recursive: true })
  await writeFile(join(web, 'index.html'), '<title>PET</title>')
  await writeFile(join(web, 'assets', 'app-1.js'), 'let a')
  pet.server.listen(0, '127.0.0.1')
  await once(pet.server, 'listening')
  const { port } = pet.server.address() as AddressInfo
  lab = await startLab({
    port: 0,
    host: '127.0.0.1',
    home,
    registry,
    petUrl: `http://127.0.0.1:${port}`,
    databaseUrl: inject('postgresUrl'),
    webFolder: pathToFileURL(`${web}/`),
    metricsToken,
    administrator: async ({ cookie }) => {
      if (cookie === undefined) return undefined
      return cookie === 'who=ada' ? { name: 'Ada' } : 'somebody-else'
    },
  })
  stack.use(lab)
})
afterAll(async () => {
  await stack.disposeAsync()
  pet.server.closeAllConnections()
  pet.server.close()
})

const ask = (
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
) => fetch(new URL(path, lab.url), { ...init, headers: { cookie: 'who=ada', ...init.headers } })

const scrape = (authorization: string, path = '/api/lab/metrics') =>
  fetch(new URL(path, lab.url), { headers: { authorization } })

const post = (path: string, body: unknown) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

async function startRun(parameters: Record<string, unknown> = {}): Promise<string> {
  const answer = await post('/api/lab/runs', { name: 'patience', seed: 7, parameters, rounds: 1 })
  expect(answer.status).toBe(202)
  return ((await answer.json()) as { id: string }).id
}

async function finishedRun(): Promise<string> {
  const id = await startRun()
  await (await ask(`/api/lab/runs/${id}/events`)).text()
  await vi.waitFor(
    async () => expect(await viewOf(id)).toMatchObject({ status: 'finished' }),
    5_000,
  )
  return id
}

async function viewOf(id: string): Promise<RunView> {
  return (await ask(`/api/lab/runs/${id}`)).json() as Promise<RunView>
}

describe('what is not the lab’s', () => {
  test('goes to PET as it came, and comes back as it came', async () => {
    const body = 'x'.repeat(3_000_000)
    const answer = await fetch(new URL('/api/quotes?a=%20b', lab.url), {
      method: 'POST',
      body,
      headers: { cookie: 'session=1', origin: lab.url, 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await answer.text()).toBe(body)
    const { url, headers } = pet.seen.at(-1) ?? {}
    expect(url).toBe('/api/quotes?a=%20b')
    expect(headers).toMatchObject({
      host: new URL(lab.url).host,
      origin: lab.url,
      cookie: 'session=1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(lab.url).host,
      'x-forwarded-proto': 'http',
    })
  })

  // PET believes the lab, and throttles by the address that it names: a claimed one would be a new caller each time.
  test('comes from where it came from, whatever it claims', async () => {
    const claimed = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'attacker.example',
      'x-forwarded-proto': 'https',
    }
    await fetch(new URL('/api/quotes', lab.url), { headers: claimed })
    expect(pet.seen.at(-1)?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(lab.url).host,
      'x-forwarded-proto': 'http',
    })
  })

  test('is streamed, and PET hears of it when the listener goes', async () => {
    const listening = new AbortController()
    const closed = once(pet.server, 'request').then(([request]) =>
      once((request as IncomingMessage).socket, 'close'),
    )
    const answer = await fetch(new URL('/stream', lab.url), { signal: listening.signal })
    const first = await answer.body?.getReader().read()
    expect(new TextDecoder().decode(first?.value)).toBe('data: first\n\n')
    listening.abort()
    await closed
  })

  test('is answered with 503 while PET is away', async () => {
    const away = await startLab({
      port: 0,
      host: '127.0.0.1',
      home,
      registry,
      petUrl: 'http://127.0.0.1:1',
      databaseUrl: inject('postgresUrl'),
      webFolder: pathToFileURL(`${join(home, 'web')}/`),
      administrator: async () => undefined,
    })
    await using _away = away
    const answer = await fetch(new URL('/api/health', away.url))
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'pet-away', status: 503 })
    expect((await fetch(new URL('/lab', away.url))).status).toBe(200)
    expect(await (await fetch(new URL('/assets/app-1.js', away.url))).text()).toBe('let a')
  })

  test('reaches the database through the proxy too', async () => {
    expect(new URL(lab.throughProxy.databaseUrl).port).not.toBe(new URL(inject('postgresUrl')).port)
    await using database = usingPool(lab.throughProxy.databaseUrl, { max: 1 })
    expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
})

describe('the lab’s pages and API', () => {
  test('pages are anybody’s, the API is for administrators', async () => {
    expect(await (await fetch(new URL('/lab/patience', lab.url))).text()).toContain('PET')
    const signedOut = await fetch(new URL('/api/lab/scenarios', lab.url))
    expect(signedOut.status).toBe(401)
    const other = await ask('/api/lab/scenarios', { headers: { cookie: 'who=sam' } })
    expect(other.status).toBe(403)
    expect((await post('/api/lab/runs', {})).status).toBe(400)
    const refused = await fetch(new URL('/api/lab/runs', lab.url), { method: 'POST' })
    expect(refused.status).toBe(401)
  })

  test('scenarios, with everything a page needs', async () => {
    const { scenarios } = (await (await ask('/api/lab/scenarios')).json()) as {
      scenarios: ScenarioSummary[]
    }
    expect(scenarios).toMatchObject([{ name: 'patience', category: 'toys', live: false }])
    const details = (await (await ask('/api/lab/scenarios/patience')).json()) as ScenarioDetails
    expect(details.parameters.properties['waitMs']).toMatchObject({ type: 'integer', default: 0 })
    expect(details.metrics[0]).toMatchObject({ name: 'lost', bounds: { failure: '> 0' } })
    expect(details.source.failure).toContain('careless')
    const unknown = await ask('/api/lab/scenarios/patiense')
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ detail: expect.stringContaining('did you mean') })
  })

  test.each<[unknown, number, string]>([
    ['{"name":', 400, 'malformed-json'],
    [{ name: 'patience', sed: 7 }, 400, 'sed'],
    [{ name: 'patience', seed: 'seven' }, 400, 'seed'],
    [{ name: 'patience', rounds: 1_000 }, 400, 'rounds'],
    [{ name: 'patience', parameters: { waitMs: 1e9 } }, 400, 'at most 5000'],
    [{ name: 'patience', parameters: { waitMs: '1' } }, 400, 'parameters.waitMs'],
    [{ name: 'patience', parameters: { weight: 1 } }, 400, 'parameters.weight'],
    [{ name: 'patience', depth: 'shallow' }, 400, 'depth'],
    [{ name: 'patience', target: 'ftp://host' }, 400, 'it is a URL such as'],
    [{ name: 'patience', target: 'tcp://127.0.0.1:1' }, 400, 'Nothing answers at the target'],
    [{ name: 'patiense' }, 404, 'did you mean patience?'],
  ])('%j is refused: %i, naming %s', async (body, status, named) => {
    const answer = await post('/api/lab/runs', body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.text()).toContain(named)
  })

  test('a run: started, followed, refused a second, ended with its record', async () => {
    const id = await startRun({ waitMs: 300 })
    const second = await post('/api/lab/runs', { name: 'patience' })
    expect(second.status).toBe(409)
    const events = await (await ask(`/api/lab/runs/${id}/events`)).text()
    for (const event of ['progress', 'sample', 'verdict'])
      expect(events).toContain(`event: ${event}`)
    const late = await (await ask(`/api/lab/runs/${id}/events`)).text()
    expect(withoutHeartbeat(late)).toBe(withoutHeartbeat(events))
    const headers = { 'last-event-id': String(lastId(events) - 1) }
    const rest = await (await ask(`/api/lab/runs/${id}/events`, { headers })).text()
    expect(rest.match(/^event: /gm)).toHaveLength(1)
    const view = await viewOf(id)
    expect(view).toMatchObject({ id, status: 'finished', verdict: 'as hypothesised', seed: 7 })
    const { record } = view as { record: RunRecord }
    expect(record).toMatchObject({ id, landed: 'confirmed', restored: true })
    const { runs } = (await (await ask('/api/lab/runs?limit=5')).json()) as { runs: RunView[] }
    expect(runs[0]).toMatchObject({ id, status: 'finished' })
    expect((await ask(`/api/lab/runs/${id}`, { method: 'DELETE' })).status).toBe(409)
  })

  test('is refused while a command is at work in the same home', async () => {
    const command = await openLab({ home })
    const answer = await post('/api/lab/runs', { name: 'patience' })
    expect(answer.status).toBe(409)
    await command[Symbol.asyncDispose]()
  })

  test('shows a declared metric within 5 s, while its run goes on, as Prometheus reads it', async () => {
    const id = await startRun({ waitMs: 3_000 })
    let shown: unknown
    await vi.waitFor(async () => {
      const answer = await scrape(`Bearer ${metricsToken}`)
      expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
      const families = parsePrometheus(await answer.text())
      const lost = families.find(({ name }) => name === 'lab_lost_total')
      expect(lost).toMatchObject({ type: 'COUNTER', help: 'Things lost' })
      const labels = lost?.metrics.map((metric) => metric.labels)
      const ofThisRun = labels?.filter((one) => one?.['run'] === id)
      expect(ofThisRun).not.toEqual([])
      shown ??= ofThisRun
      expect(await viewOf(id)).toMatchObject({ status: 'running' })
    }, 40_000)
    // The next arm, which lasts 3 s at least, has not come to its end since.
    expect(shown).toEqual([{ scenario: 'patience', arm: expect.any(String), run: id }])
    await ask(`/api/lab/runs/${id}`, { method: 'DELETE' })
    await (await ask(`/api/lab/runs/${id}/events`)).text()
  })

  test('its metrics are for administrators and for who knows the token', async () => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(new URL('/api/lab/metrics', lab.url), { headers })).status
    expect(await status({})).toBe(401)
    expect(await status({ cookie: 'who=sam' })).toBe(403)
    expect(await status({ cookie: 'who=ada' })).toBe(200)
    expect(await status({ authorization: `Bearer ${metricsToken}` })).toBe(200)
    expect(await status({ authorization: `Bearer ${metricsToken}x` })).toBe(401)
    // The token opens the metrics and nothing else.
    const runs = await scrape(`Bearer ${metricsToken}`, '/api/lab/runs')
    expect(runs.status).toBe(401)
  })

  test('what a run showed is asked for page by page, and two runs compare', async () => {
    const [first, second] = [await finishedRun(), await finishedRun()]
    const kept = async <Page>(what: string) =>
      (await ask(`/api/lab/runs/${first}/${what}`)).json() as Promise<Page>
    const { spans } = await kept<TracesPage>('traces')
    expect(spans.map(({ name }) => name)).toContain('failure, round 1')
    expect(spans.every(({ attributes }) => attributes['run'] === first)).toBe(true)
    const one = await kept<TracesPage>('traces?limit=1')
    expect(one).toEqual({ spans: spans.slice(0, 1), next: expect.any(Number) })
    const { spans: rest } = await kept<TracesPage>(`traces?after=${one.next}`)
    expect(rest).toEqual(spans.slice(1))
    const { logs } = await kept<LogsPage>('logs')
    expect(logs).toMatchObject([{ body: 'waited', attributes: { run: first } }, {}, {}, {}])
    const { points } = await kept<MetricsPage>('metrics')
    expect(points.filter(({ arm }) => arm === 'failure')).toHaveLength(2)
    const compared = (await (
      await ask(`/api/lab/runs/${first}/compare/${second}`)
    ).json()) as RunComparison
    expect(compared).toMatchObject({ name: 'patience', runs: [first, second], conditions: [] })
    expect(compared.metrics).toHaveLength(3)
    for (const path of ['traces', 'logs', 'metrics', `compare/${first}`]) {
      const unknown = `/api/lab/runs/c0ffee00-0000-4000-8000-000000000000/${path}`
      expect((await ask(unknown)).status).toBe(404)
      const other = { headers: { cookie: 'who=sam' } }
      expect((await ask(`/api/lab/runs/${first}/${path}`, other)).status).toBe(403)
    }
    expect((await ask(`/api/lab/runs/${first}/traces?limit=100000`)).status).toBe(400)
  })

  test('describes itself as OpenAPI', async () => {
    const document = (await (await ask('/api/lab/openapi.json')).json()) as { paths: object }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/lab/runs', '/api/lab/runs/{id}/traces', '/api/lab/metrics']),
    )
  })

  test('a run that is cancelled says so, and takes back what it did', async () => {
    const id = await startRun({ waitMs: 5_000 })
    await vi.waitFor(async () => {
      expect(await viewOf(id)).toMatchObject({ progress: { phase: 'running' } })
    }, 40_000)
    expect((await ask(`/api/lab/runs/${id}`, { method: 'DELETE' })).status).toBe(202)
    await vi.waitFor(async () => {
      expect(await viewOf(id)).toMatchObject({ status: 'cancelled' })
    }, 40_000)
    const events = await (await ask(`/api/lab/runs/${id}/events`)).text()
    expect(events).toContain('event: ended')
  })

  test('a run whose process is killed has failed, and its watchdog takes back what it did', async () => {
    const id = await startRun({ waitMs: 5_000 })
    await vi.waitFor(async () => {
      expect(await viewOf(id)).toMatchObject({ progress: { phase: 'running' } })
    }, 40_000)
    const holder = await readFile(join(home, 'lab', 'lock.holder'), 'utf8')
    process.kill(Number(holder.replace('process ', '')), 'SIGKILL')
    await vi.waitFor(async () => {
      expect(await viewOf(id)).toMatchObject({
        status: 'failed',
        reason: expect.stringContaining('SIGKILL'),
      })
      expect(await readdir(join(home, 'lab', 'journals'))).toEqual([])
      expect(await readdir(join(home, 'lab', 'servers'))).toEqual([])
    }, 40_000)
  })

  test('unknown runs are not found', async () => {
    const id = 'c0ffee00-0000-4000-8000-000000000000'
    expect((await ask(`/api/lab/runs/${id}`)).status).toBe(404)
    expect((await ask(`/api/lab/runs/${id}/events`)).status).toBe(404)
    expect((await ask(`/api/lab/runs/${id}`, { method: 'DELETE' })).status).toBe(404)
    expect((await ask('/api/lab/runs/7')).status).toBe(400)
  })
})

const withoutHeartbeat = (events: string) => events.replaceAll(':\n\n', '')
const lastId = (events: string) => Number([...events.matchAll(/^id: (\d+)/gm)].at(-1)?.[1])
