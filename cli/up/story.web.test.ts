import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@pet/postgres/free-port'
import { axeViolations, launchBrowser } from '@pet/web/testing/browser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runPet, type PetRun } from './testing/run-pet.ts'

/** The README's pictures come from here: `PICTURES=1 npx vitest run cli/up/story` renews them. */
const pictures = fileURLToPath(new URL('../../.github/pictures/', import.meta.url))

let home: string
let address: string
let pet: PetRun
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'pet-story-'))
  const port = await freePort()
  address = `http://localhost:${port}`
  pet = runPet(['up'], { PET_HOME: home, PORT: String(port) })
  const started = pet.says('Ctrl-C stops everything')
  browser = await launchBrowser()
  await started
})

afterAll(async () => {
  await browser?.close()
  pet?.child.kill('SIGTERM')
  await pet?.exited
  await rm(home, { recursive: true, force: true })
})

beforeEach(async () => {
  complaints = []
  page = await newPage()
})

describe('in a real browser, from the page down to PostgreSQL and back', () => {
  test(
    'a quote is written, sent, accepted by its link, and corrected; it never changes',
    { timeout: 90_000 },
    async () => {
      await signIn('Sofia Marsh')
      await noViolations()

      // She writes it; the total follows every key, before anything is saved.
      await page.getByRole('button', { name: 'New quote' }).click()
      await page.getByLabel('Title', { exact: true }).fill('Depot interfaces')
      await page.getByLabel('Customer', { exact: true }).selectOption({ label: 'Harbour Foods' })
      await page.getByLabel('Contact', { exact: true }).selectOption({ index: 1 })
      await addSection('Implementation')
      await page.getByLabel('Milestone', { exact: true }).fill('Live')
      await page.getByLabel('Task', { exact: true }).fill('Interfaces')
      await page.getByLabel('Hours', { exact: true }).fill('40')
      await page.getByLabel('Rate per hour', { exact: true }).fill('135')
      await seesTotal('€5,400.00')
      await noViolations()

      await page.getByRole('button', { name: 'Send to the customer' }).click()
      await page.getByRole('dialog').getByText('can’t be changed any more').waitFor()
      await page.getByRole('button', { name: 'Send it' }).click()
      const customerPage = await linkOf(page)
      const quoteAddress = page.url()

      // The customer, in a browser without an account, accepts what can't be undone.
      await acceptAt(customerPage, 'Hannah Reyes')

      // It is read-only for everybody, and over the API a change is refused by name.
      await page.goto(quoteAddress)
      await page.getByText('Accepted, and final').waitFor()
      expect(await page.getByRole('textbox').count()).toBe(0)
      const id = new URL(quoteAddress).pathname.split('/').at(-1) ?? ''
      const asItWas = await readQuote(id)
      const refused = await page.request.put(`${address}/api/quotes/${id}/content`, {
        headers: { 'if-match': `"${asItWas.version}"` },
        data: { content: asItWas.content },
      })
      expect(refused.status()).toBe(409)
      expect(await refused.json()).toMatchObject({
        rules: [{ id: 'QUO-4', document: 'quoting-and-pricing' }],
      })
      await noViolations()

      // The rate was wrong by 18.00: a delta carries the difference, a replacement says it anew.
      await correct('delta')
      await page.getByRole('button', { name: 'Add an adjustment' }).click()
      await page.getByLabel('Reason', { exact: true }).fill('Rate as agreed')
      await page.getByLabel('Amount, with a minus for less').fill('720')
      await seesTotal('€720.00')
      await acceptAt(await sendAndGetLink(), 'Hannah Reyes')
      await page.goto(quoteAddress)
      await seesTotals('€5,400.00', '€6,120.00')
      await picture('accepted-quote')

      await correct('replacement')
      await page.getByLabel('Rate per hour', { exact: true }).fill('150')
      await seesTotal('€6,000.00')
      await acceptAt(await sendAndGetLink(), 'Hannah Reyes')
      await page.goto(quoteAddress)
      await seesTotals('€5,400.00', '€6,000.00')
      expect(await readQuote(id)).toMatchObject({
        version: asItWas.version,
        content: asItWas.content,
      })

      // Everything that happened is in the feed.
      await page.goto(`${address}/activity`)
      for (const told of [
        'accepted revision 1; it is final',
        'began a delta quote',
        'began a replacement',
      ])
        await page.getByText(told).first().waitFor()
      await noViolations()
      await page.goto(`${address}/documents/quoting-and-pricing#QUO-4`)
      await page.getByText('An accepted quote is final').first().waitFor()
      await noViolations()
      expect(complaints).toEqual([])
    },
  )

  test(
    'a failure is run, seen and explained: three arms, the verdict, both sources',
    { timeout: 90_000 },
    async () => {
      await signIn('Ada Novak')
      await page.goto(`${address}/lab`)
      await page.getByText('Two transfers lock two budgets in opposite order').first().click()
      await page.getByText('The failure, as code').waitFor()
      await page.getByText('The remedy, as code').waitFor()
      await noViolations()
      await page.getByLabel('Seed').fill('7')
      await page.getByRole('button', { name: 'Run', exact: true }).click()
      await page.getByText('The failure is demonstrated.').first().waitFor({ timeout: 60_000 })
      await page.getByText('The remedy holds.').first().waitFor()
      expect(await page.locator('canvas').count()).toBeGreaterThan(0)
      await noViolations()
      await picture('deadlock')
      expect(complaints).toEqual([])
    },
  )

  test('a parameter beyond its limit is refused where it was typed, and nothing runs', async () => {
    await signIn('Ada Novak')
    const answer = await page.request.post(`${address}/api/lab/runs`, {
      data: { name: 'deadlock', parameters: { writers: 100_000 } },
    })
    expect(answer.status()).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain('64')
    await page.goto(`${address}/lab/deadlock`)
    await page.getByLabel('Writers').fill('100000')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText(/64/).first().waitFor()
    expect(complaints).toEqual([])
  })

  test('the lab is for administrators', async () => {
    await signIn('Sofia Marsh')
    expect((await page.request.get(`${address}/api/lab/scenarios`)).status()).toBe(403)
    await page.goto(`${address}/lab`)
    await page
      .getByText(/administrator/i)
      .first()
      .waitFor()
    await noViolations()
  })
})

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const opened = await context.newPage()
  opened.on('pageerror', (error) => complaints.push(error.message))
  opened.on('console', (message) => {
    // The browser itself notes every answer that is an error, also the expected ones.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  return opened
}

async function signIn(name: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await page.getByRole('heading', { name: 'Quotes' }).waitFor()
}

async function addSection(kind: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a section' }).click()
  await page.getByRole('menuitem', { name: new RegExp(kind) }).click()
}

async function correct(kind: 'delta' | 'replacement'): Promise<void> {
  await page.getByRole('button', { name: `Correct by a ${kind} quote` }).click()
  const before = page.url()
  await page.getByRole('dialog').getByRole('button').last().click()
  await page.waitForURL((url) => url.href !== before)
  await page.getByRole('button', { name: 'Send to the customer' }).waitFor()
}

async function sendAndGetLink(): Promise<string> {
  await page.getByRole('button', { name: 'Send to the customer' }).click()
  await page.getByRole('button', { name: 'Send it' }).click()
  return linkOf(page)
}

async function linkOf(quotePage: Page): Promise<string> {
  const link = quotePage.getByText(/\/customer\/[\w.-]+/).first()
  await link.waitFor()
  return /http\S+\/customer\/\S+/.exec(await link.innerText())?.[0] ?? ''
}

async function acceptAt(link: string, name: string): Promise<void> {
  const customer = await newPage()
  await customer.goto(link)
  await customer.getByRole('button', { name: /^Accept/ }).click()
  await customer.getByLabel('Your name').fill(name)
  await customer.getByLabel(/nothing can change or take back/).check()
  await customer.getByRole('button', { name: 'Accept the quote' }).click()
  await customer.getByRole('table', { name: 'Receipt' }).waitFor()
  expect(await axeViolations(customer)).toEqual([])
  await customer.context().close()
}

async function seesTotal(amount: string): Promise<void> {
  await page.getByRole('region', { name: 'Sums' }).getByText(amount).first().waitFor()
}

async function seesTotals(original: string, together: string): Promise<void> {
  await page.getByText(new RegExp(`Original\\s*${original}`)).waitFor()
  await page.getByText(new RegExp(`Together\\s*${together}`)).waitFor()
}

async function readQuote(id: string): Promise<{ version: number; content: unknown }> {
  return (await page.request.get(`${address}/api/quotes/${id}`)).json()
}

async function noViolations(): Promise<void> {
  expect(await axeViolations(page)).toEqual([])
}

async function picture(name: string): Promise<void> {
  if (process.env['PICTURES'] === undefined) return
  await mkdir(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}
