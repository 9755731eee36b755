import { extname } from 'node:path'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import type { QuoteView } from '@pet/pet/quoting/quote-view'
import { totalsOf } from '@pet/pet/quoting/totals'
import type { Browser, Page, Request, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeViolations, launchBrowser } from '../testing/browser.ts'
import { builtPage, type BuiltFile } from '../testing/built-page.ts'

const site = 'http://pet.example'
const contentTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

let browser: Browser
let files: Map<string, BuiltFile>

beforeAll(async () => {
  files = await builtPage()
  browser = await launchBrowser()
})

afterAll(() => browser.close())

type Save = { version: string; commandId: string; content: QuoteContent }

/** The page with one draft, in front of an API that keeps it in memory. `meanwhile` makes it someone else's turn. */
async function openDraft() {
  let quote = viewOf(1, {
    title: 'Warehouse scanning',
    customerId: null,
    contactId: null,
    currency: 'EUR',
    sections: [
      {
        kind: 'products',
        id: 'a',
        title: 'Scanners',
        lines: [{ id: 'a1', description: 'Scanner', quantity: 3, unitPriceMinor: 1999 }],
      },
      { kind: 'adjustment', id: 'b', title: 'Discount', lines: [] },
    ],
  })
  const saves: Save[] = []
  const save = (request: Request): { status: number; body: unknown } => {
    const headers = request.headers()
    const version = headers['if-match'] ?? ''
    const { content } = request.postDataJSON() as { content: QuoteContent }
    saves.push({ version, commandId: headers['idempotency-key'] ?? '', content })
    if (version !== `"${quote.version}"`) {
      const moved = { type: 'x', title: 'It moved', status: 412, actual: quote.version }
      return { status: 412, body: moved }
    }
    quote = viewOf(quote.version + 1, content)
    return { status: 200, body: quote }
  }
  const answers: Record<string, (request: Request) => { status: number; body: unknown }> = {
    '/api/session': () => ok({ account: { id: 's', name: 'Sofia', email: '', roles: ['sales'] } }),
    '/api/customers': () => ok({ customers: [] }),
    '/api/quotes/q': () => ok(quote),
    '/api/quotes/q/history': () => ok({ entries: [] }),
    '/api/quotes/q/content': save,
  }
  const page = await browser.newPage()
  await page.route(`${site}/**`, (route) => answer(route, answers))
  await page.goto(`${site}/quotes/q`)
  await page.getByLabel('Title').waitFor()
  const meanwhile = () => (quote = viewOf(quote.version + 1, { ...quote.content, title: 'Theirs' }))
  return { page, saves, meanwhile, saved: () => page.getByText('All changes are saved').waitFor() }
}

test('amounts are exact, sums are live, and one save follows the last change', async () => {
  const { page, saves, saved } = await openDraft()
  expect(await sumOf(page, 'Total')).toBe('€59.97')
  await page.getByRole('textbox', { name: 'Unit price' }).fill('1,234.5')
  await page.getByRole('textbox', { name: 'Quantity' }).fill('7')
  expect(await sumOf(page, 'Total')).toBe('€8,641.50')
  await saved()
  expect(saves).toHaveLength(1)
  expect(saves[0]).toMatchObject({
    version: '"1"',
    content: { sections: [{ lines: [{ quantity: 7, unitPriceMinor: 123450 }] }, {}] },
  })
})

test('what can’t be read stays on the page, is explained at its field, and is not saved', async () => {
  const { page, saves } = await openDraft()
  await page.getByRole('textbox', { name: 'Unit price' }).fill('12,34')
  await page.getByLabel('Title').focus()
  await page.getByText('Not saved: one field needs another look').waitFor()
  expect(await page.getByRole('textbox', { name: 'Unit price' }).inputValue()).toBe('12,34')
  expect(await page.getByText('Write an amount such as 1234.56').isVisible()).toBe(true)
  expect(await page.getByRole('button', { name: 'Send to the customer' }).isDisabled()).toBe(true)
  expect(saves).toEqual([])
})

test('someone else’s change is never overwritten unasked, and nothing written is lost', async () => {
  const { page, saves, meanwhile, saved } = await openDraft()
  meanwhile()
  await page.getByLabel('Title').fill('Mine')
  await page.getByText('Someone else changed this quote meanwhile').waitFor()
  expect(await page.getByLabel('Title').inputValue()).toBe('Mine')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Save mine over theirs' }).click()
  await saved()
  expect(saves.map((save) => save.version)).toEqual(['"1"', '"2"'])
  expect(saves[1]?.commandId).not.toBe(saves[0]?.commandId)
})

test('sections move by keyboard, and focus stays with the one that moved', async () => {
  const { page, saves, saved } = await openDraft()
  await page.getByRole('button', { name: 'Move section Discount up' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('section Discount is now 1 of 2').waitFor({ state: 'attached' })
  await page.waitForFunction(
    () => document.activeElement?.ariaLabel === 'Move section Discount down',
  )
  await saved()
  expect(saves[0]?.content.sections.map((section) => section.title)).toEqual([
    'Discount',
    'Scanners',
  ])
})

async function answer(
  route: Route,
  answers: Record<string, (request: Request) => { status: number; body: unknown }>,
): Promise<void> {
  const { pathname } = new URL(route.request().url())
  if (pathname.startsWith('/api/')) {
    const { status, body } = answers[pathname]?.(route.request()) ?? { status: 404, body: {} }
    return route.fulfill({ status, json: body })
  }
  const file = extname(pathname) === '' ? '/index.html' : pathname
  const contentType = contentTypes[extname(file)] ?? 'application/octet-stream'
  const content = files.get(file)?.content
  if (content === undefined) return route.fulfill({ status: 404 })
  return route.fulfill({ contentType, body: Buffer.from(content) })
}

function ok(body: unknown) {
  return { status: 200, body }
}

function sumOf(page: Page, name: string): Promise<string> {
  return page.locator('dl > div', { hasText: name }).locator('dd').innerText()
}

function viewOf(version: number, content: QuoteContent): QuoteView {
  const totals = totalsOf(content)
  return {
    id: 'q',
    number: 'Q-1',
    version,
    status: 'draft',
    revision: 1,
    content,
    totals,
    customerName: null,
    contactName: null,
    correction: null,
    family: {
      currency: content.currency,
      members: [],
      originalMinor: totals.totalMinor,
      aggregateMinor: totals.totalMinor,
    },
    sent: null,
    accepted: null,
    closed: null,
    allowed: ['EditQuote', 'SendQuote'],
    missing: [],
  }
}
