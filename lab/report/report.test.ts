import { parse } from 'junit2json'
import { describe, expect, test } from 'vitest'
import type { RunResult } from '../api-types.ts'
import { exampleRecord } from '../testing/record.ts'
import { htmlReport } from './html.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'

const nasty = `</td><script>alert("1")</script> | [x](javascript:x) & \u0000 'q'`
const results: RunResult[] = [
  exampleRecord(),
  exampleRecord({
    name: 'missing-index',
    asHypothesised: false,
    verdict: 'remedy fails',
    words: [nasty],
    parameters: { note: nasty },
  }),
  { name: 'skewed-clock', category: 'clock', skipped: `libfaketime is missing ${nasty}` },
  { name: 'full-disk', category: 'disk', failed: nasty },
]

describe('JUnit', () => {
  test('is what a parser of others reads as it was meant', async () => {
    const report = await parse(junitReport(results))
    expect(report).toMatchObject({
      name: 'pet lab',
      tests: 4,
      failures: 1,
      errors: 1,
      testsuite: [
        {
          name: 'database',
          tests: 2,
          failures: 1,
          skipped: 0,
          time: 24.69,
          testcase: [
            { name: 'deadlock', classname: 'lab.database', 'system-out': [expect.anything()] },
            {
              name: 'missing-index',
              failure: [{ message: 'remedy fails', inner: expect.any(String) }],
            },
          ],
        },
        {
          name: 'clock',
          skipped: 1,
          testcase: [{ skipped: [{ message: expect.stringContaining('libfaketime') }] }],
        },
        { name: 'disk', errors: 1, testcase: [{ error: [expect.anything()] }] },
      ],
    })
    const said = JSON.stringify(report)
    expect(said).toContain('<script>alert(') // as text, which is where it belongs
    expect(said).toContain('scheduleHash')
  })
})

describe('HTML', () => {
  const page = htmlReport(results, new Date('2026-11-25T10:00:00Z'))

  test('holds every result, and needs nothing from elsewhere', () => {
    for (const { name } of results) expect(page).toContain(`<article id="${name}">`)
    expect(page).toContain('1 failed, 1 not as hypothesised, 1 skipped, 1 passed')
    expect(page).not.toMatch(/(?:src|href)="(?!#)|url\(|@import|<script/)
  })

  test('lets no word of a scenario or an error become markup', () => {
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)')
    expect(page).not.toContain('<script>')
    expect(page).not.toContain('\u0000')
  })
})

describe('Markdown', () => {
  const summary = markdownReport(results)

  test('is a row for each result, and the figures of what is not as hypothesised', () => {
    expect(summary).toContain(
      '| ✓ | database/deadlock | as hypothesised | The fault landed. The remedy holds. |',
    )
    expect(summary).toContain('### missing-index: remedy fails')
    expect(summary).toContain('| killed | 0 | 7 (\\> 0: met) | 0 |')
    expect(summary).not.toContain('### deadlock')
  })

  test('lets no word become markup or end a cell', () => {
    const rows = summary.split('\n').filter((line) => line.includes('script'))
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      expect(row.match(/(?<!\\)\|/g)).toHaveLength(5)
      expect(row).not.toMatch(/(?<!\\)[<[]/)
    }
  })
})
