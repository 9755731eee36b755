import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RunResult } from '@pet/lab/api-types'
import { htmlReport } from '@pet/lab/html-report'
import { exampleRecord } from '@pet/lab/testing/record'
import { axeViolations, launchBrowser } from '@pet/web/testing/browser'
import { expect, test } from 'vitest'

const nasty = `<img src=x onerror="document.title='broken into'"></td><script>document.title='broken into'</script>`
const results: RunResult[] = [
  exampleRecord(),
  exampleRecord({ name: 'missing-index', asHypothesised: false, verdict: 'remedy fails' }),
  { name: 'skewed-clock', category: 'clock', skipped: `libfaketime is missing: ${nasty}` },
  { name: 'full-disk', category: 'disk', failed: nasty },
]

test.each(['light', 'dark'] as const)(
  'the report is readable by all in the %s, and runs nothing',
  async (scheme) => {
    const folder = await mkdtemp(join(tmpdir(), 'pet-report-'))
    await using _folder = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
    const file = join(folder, 'report.html')
    await writeFile(file, htmlReport(results, new Date()))
    await using browser = await launchBrowser()
    const page = await browser.newPage({
      colorScheme: scheme,
      viewport: { width: 1100, height: 900 },
    })
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    expect(await page.title()).toBe('pet lab: 1 failed, 1 not as hypothesised, 1 skipped, 1 passed')
    expect(asked).toEqual([pathToFileURL(file).href])
    await page.getByRole('link', { name: 'missing-index' }).click()
    expect(await page.getByRole('article').count()).toBe(4)
    const words = page.locator('#full-disk p')
    expect(await words.textContent()).toBe(nasty)
    expect(await axeViolations(page)).toEqual([])
    const { REPORT_PICTURES: pictures } = process.env
    if (pictures)
      await page.screenshot({ path: join(pictures, `report-${scheme}.png`), fullPage: true })
  },
)
