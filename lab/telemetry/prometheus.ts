import { instrumentName } from './instruments.ts'

/** A metric as a Prometheus server reads it: one name, and a figure for each set of labels. */
export type Family = {
  name: string
  type: 'counter' | 'gauge'
  help: string
  samples: { labels: Record<string, string>; value: number }[]
}

/** The content type of what `expositionOf` writes. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/** Families in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function expositionOf(families: readonly Family[]): string {
  return families
    .flatMap(({ name, type, help, samples }) => [
      ...(help === '' ? [] : [`# HELP ${name} ${escapeHelp(help)}`]),
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels, value }) => `${name}{${labelsOf(labels)}} ${figureOf(value)}`),
    ])
    .map((line) => `${line}\n`)
    .join('')
}

const units: Record<string, string> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tebibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  Hz: 'hertz',
  Cel: 'celsius',
  '%': 'percent',
}
const perUnits: Record<string, string> = {
  s: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  wk: 'week',
  mo: 'month',
  a: 'year',
}

/**
 * The name that a declared metric has in Prometheus, by OpenTelemetry's rule: its unit in words, what is in braces
 * left out, `_total` for counters and `_ratio` for a gauge without a unit
 * (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/).
 *
 * @example prometheusName('goodput', '1/s', 'gauge') // 'lab_goodput_per_second'
 */
export function prometheusName(metric: string, unit: string, type: Family['type']): string {
  const base = legal(instrumentName(metric))
  const words = unitInWords(unit, type)
  const named = words === '' || base.endsWith(`_${words}`) ? base : `${base}_${words}`
  return type === 'counter' && !named.endsWith('_total') ? `${named}_total` : named
}

function unitInWords(unit: string, type: Family['type']): string {
  const [counted = '', per] = unit.replaceAll(/\{[^}]*\}/g, '').split('/')
  const first = counted === '1' ? '' : legal(units[counted] ?? counted)
  if (per !== undefined) {
    const second = `per_${legal(perUnits[per] ?? per)}`
    return first === '' ? second : `${first}_${second}`
  }
  return counted === '1' && type === 'gauge' ? 'ratio' : first
}

function legal(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_:]+/g, '_').replaceAll(/^_+|_+$/g, '')
}

function labelsOf(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeHelp(value).replaceAll('"', '\\"')}"`)
    .join(',')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function figureOf(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
