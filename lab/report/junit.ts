import type { RunRecord, RunResult } from '../api-types.ts'
import { markup, type Markup } from './markup.ts'
import { isRecord, outcomeOf, verdictOfResult, wordsOf } from './result.ts'

/**
 * The results as JUnit XML, as CI servers read it: a suite for each category, a case for each scenario. Not as
 * hypothesised is a failure, the lab's own failure an error; what is skipped says why.
 */
export function junitReport(results: readonly RunResult[]): string {
  const categories = [...new Set(results.map(({ category }) => category))]
  const suites = categories.map((category) =>
    suite(
      category,
      results.filter((result) => result.category === category),
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${
    markup`<testsuites name="pet lab" ${totals(results)}>
${suites}</testsuites>
`.text
  }`
}

function suite(category: string, results: readonly RunResult[]): Markup {
  return markup`  <testsuite name="${category}" ${totals(results)}>
${results.map(testCase)}  </testsuite>
`
}

function totals(results: readonly RunResult[]): Markup {
  const count = (outcome: string) => results.filter((r) => outcomeOf(r) === outcome).length
  const timeMs = results.filter(isRecord).reduce((sum, { durationMs }) => sum + durationMs, 0)
  return markup`tests="${results.length}" failures="${count('not as hypothesised')}" errors="${count('failed')}" skipped="${count('skipped')}" time="${seconds(timeMs)}"`
}

function testCase(result: RunResult): Markup {
  const time = isRecord(result) ? seconds(result.durationMs) : '0'
  return markup`    <testcase classname="lab.${result.category}" name="${result.name}" time="${time}">
${isRecord(result) ? properties(result) : ''}${ending(result)}    </testcase>
`
}

function properties({ id, seed, depth = 'full', rounds, scheduleHash }: RunRecord): Markup {
  const pairs = Object.entries({ run: id, seed, depth, rounds, scheduleHash })
  return markup`      <properties>
${pairs.map(([name, value]) => markup`        <property name="${name}" value="${value}"/>\n`)}      </properties>
`
}

function ending(result: RunResult): Markup {
  const words = wordsOf(result).join('\n')
  switch (outcomeOf(result)) {
    case 'skipped':
      return markup`      <skipped message="${words}"/>\n`
    case 'failed':
      return markup`      <error type="lab" message="${words}">${words}</error>\n`
    case 'not as hypothesised':
      return markup`      <failure type="verdict" message="${verdictOfResult(result)}">${words}</failure>\n`
    case 'passed':
      return markup`      <system-out>${words}</system-out>\n`
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3)
}
