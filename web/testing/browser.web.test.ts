import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { axeViolations, launchBrowser } from './browser.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(() => browser.close())

async function show(html: string) {
  const page = await browser.newPage()
  await page.goto(`data:text/html,${encodeURIComponent(html)}`)
  return page
}

test('a page runs, in the language of the house', async () => {
  const page = await show('<h1>One</h1><script>document.title = 1 + 1</script>')
  expect(await page.title()).toBe('2')
  expect(await page.evaluate(() => navigator.language)).toBe('en-GB')
  expect(await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().locale)).toBe(
    'en-GB',
  )
})

test('a page that is drawn has letters', async () => {
  const page = await show('<span id="a">iiii</span> <span id="b">WWWW</span>')
  const [narrow, wide] = await Promise.all(
    ['#a', '#b'].map((selector) => page.locator(selector).boundingBox()),
  )
  expect(wide!.width).toBeGreaterThan(2 * narrow!.width)
})

test('security is on: one page cannot read another', async () => {
  const page = await show('<p>Here</p>')
  const read = page.evaluate(() =>
    fetch('data:text/plain,x').then(() => fetch('file:///etc/passwd')),
  )
  await expect(read).rejects.toThrow('Failed to fetch')
})

test('axe finds what keeps people out, and only that', async () => {
  const bad = await show(
    '<html lang="en"><title>T</title><main><h1>T</h1><img src="data:,"></main>',
  )
  expect(await axeViolations(bad)).toMatchObject([{ rule: 'image-alt', impact: 'critical' }])
  const good = await show('<html lang="en"><title>T</title><main><h1>T</h1></main>')
  expect(await axeViolations(good)).toEqual([])
})

test('what is on its way out is not held against a page', async () => {
  const page = await show(
    `<html lang="en"><title>T</title><main><h1>T</h1><img src="data:,"></main>
     <script>setTimeout(() => document.querySelector('img').remove(), 300)</script>`,
  )
  expect(await axeViolations(page)).toEqual([])
})

test('axe works under a policy that forbids scripts', async () => {
  const page = await show(
    `<html lang="en"><meta http-equiv="content-security-policy" content="script-src 'none'"><title>T</title><main><h1>T</h1></main>`,
  )
  expect(await axeViolations(page)).toEqual([])
})
