import type { Arm, BusinessReport, RunRecord, RunResult } from '../api-types.ts'
import { figure } from '../verdict/words.ts'
import { intervalPlot } from './interval-plot.ts'
import { markup, Markup } from './markup.ts'
import { countOutcomes, isRecord, outcomeOf, verdictOfResult, wordsOf } from './result.ts'
import { style } from './html-style.ts'

const arms: readonly Arm[] = ['control', 'failure', 'remedy']
const marks = { passed: '✓', 'not as hypothesised': '✗', skipped: '–', failed: '!' } as const

/**
 * The results as one HTML file that needs nothing else: no script, no font, no address. Whatever a scenario or an
 * error says is escaped, and the page's own policy forbids scripts besides.
 */
export function htmlReport(results: readonly RunResult[], writtenAt: Date): string {
  return `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>pet lab: ${countOutcomes(results)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>pet lab</h1>
<p>${countOutcomes(results)} · ${writtenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
</header>
<main>
${results.length > 1 ? overview(results) : ''}
${results.map(article)}
</main>
</body>
</html>
`.text
  }`
}

function overview(results: readonly RunResult[]): Markup {
  return markup`<section><table><caption>All scenarios</caption>
<thead><tr><th scope="col">Scenario</th><th scope="col">Verdict</th><th scope="col">Rounds</th><th scope="col">Took</th></tr></thead>
<tbody>${results.map(
    (
      result,
    ) => markup`<tr><th scope="row"><a href="#${result.name}">${result.name}</a> <small>${result.category}</small></th>
<td>${badge(result)}</td><td>${isRecord(result) ? result.rounds : ''}</td><td>${isRecord(result) ? seconds(result.durationMs) : ''}</td></tr>
`,
  )}</tbody></table></section>`
}

function article(result: RunResult): Markup {
  return markup`<article id="${result.name}">
<h2>${result.name} ${badge(result)}</h2>
${wordsOf(result).map((sentence) => markup`<p>${sentence}</p>\n`)}
${isRecord(result) ? [figures(result), business(result), provenance(result)] : ''}
</article>
`
}

function badge(result: RunResult): Markup {
  const outcome = outcomeOf(result)
  return markup`<span class="badge ${outcome.replaceAll(' ', '-')}">${marks[outcome]} ${verdictOfResult(result)}</span>`
}

function figures(record: RunRecord): Markup {
  const metrics = Object.keys(record.arms.control.metrics)
  return markup`<table><caption>Figures, with their 95 % intervals and bounds</caption>
<thead><tr><th scope="col">Metric</th>${arms.map((arm) => markup`<th scope="col"><i class="${arm}"></i>${arm}</th>`)}<th scope="col">On one axis</th></tr></thead>
<tbody>${metrics.map(
    (
      metric,
    ) => markup`<tr><th scope="row">${metric}</th>${arms.map((arm) => cell(record, arm, metric))}
<td>${intervalPlot(arms.flatMap((arm) => plotted(record, arm, metric)))}</td></tr>
`,
  )}</tbody></table>`
}

function plotted({ arms }: RunRecord, arm: Arm, metric: string) {
  const measured = arms[arm].metrics[metric]
  return measured ? [{ arm, value: measured.value, interval: measured.interval }] : []
}

function cell({ arms, bounds }: RunRecord, arm: Arm, metric: string): Markup {
  const measured = arms[arm].metrics[metric]
  if (measured === undefined) return markup`<td>–</td>`
  const [low, high] = measured.interval
  const bound = bounds.find((one) => one.arm === arm && one.metric === metric)
  const spread = low === high ? '' : markup`<small>${figure(low)} – ${figure(high)}</small>`
  const checked = bound
    ? markup`<small class="${bound.outcome.replace(' ', '-')}">${bound.bound}: ${bound.outcome}</small>`
    : ''
  return markup`<td><b>${figure(measured.value)}</b>${spread}${checked}</td>`
}

function business({ walk = [], defects = [], attempts = [] }: Partial<BusinessReport>): Markup {
  const list = (title: string, items: Markup[]) =>
    items.length > 0 ? markup`<h3>${title}</h3><ul>${items}</ul>` : ''
  return markup`${list(
    'The walk',
    walk.map(
      ({ id, sentence, held, saw }) =>
        markup`<li>${held ? '✓' : '✗'} <b>${id}</b> ${sentence}${saw === undefined ? '' : markup` <small>${saw}</small>`}</li>`,
    ),
  )}${list(
    'Planted defects',
    defects.map(
      ({ name, sentence, smell }) =>
        markup`<li><b>${name}</b> ${sentence} <small>${smell ?? 'NOT DETECTED'}</small></li>`,
    ),
  )}${list(
    'The adversary',
    attempts.map(
      ({ as, did, met, rule, answer }) =>
        markup`<li>${as} ${did}: <b>${met}</b> <small>${rule ?? answer ?? ''}</small></li>`,
    ),
  )}`
}

function provenance(record: RunRecord): Markup {
  const { id, seed, rounds, depth = 'full', durationMs, startedAt, scheduleHash } = record
  const { parameters, versions, machine, target } = record
  const facts = {
    run: id,
    started: startedAt,
    took: seconds(durationMs),
    seed,
    rounds,
    depth,
    ...(target && { target: target.url }),
    parameters: JSON.stringify(parameters),
    versions: JSON.stringify(versions),
    machine: `${machine.processor}, ${machine.cores} cores, ${machine.platform}`,
    schedule: scheduleHash,
  }
  return markup`<dl>${Object.entries(facts).map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`,
  )}</dl>`
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
