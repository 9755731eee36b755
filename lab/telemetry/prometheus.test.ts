import parsePrometheus from 'parse-prometheus-text-format'
import { expect, test } from 'vitest'
import { expositionOf, prometheusName } from './prometheus.ts'

test.each([
  ['goodput', '1/s', 'gauge', 'lab_goodput_per_second'],
  ['goodput', '{transfer}/s', 'gauge', 'lab_goodput_per_second'],
  ['killed', '1', 'counter', 'lab_killed_total'],
  ['lost', '{minute}', 'counter', 'lab_lost_total'],
  ['share', '1', 'gauge', 'lab_share_ratio'],
  ['p99', 'ms', 'gauge', 'lab_p99_milliseconds'],
  ['sent', 'By', 'counter', 'lab_sent_bytes_total'],
  ['rate', 'MiBy/s', 'gauge', 'lab_rate_mebibytes_per_second'],
  ['cpu', '%', 'gauge', 'lab_cpu_percent'],
  ['wait_seconds', 's', 'gauge', 'lab_wait_seconds'],
] as const)('%s in %s as a %s is %s', (metric, unit, type, name) => {
  expect(prometheusName(metric, unit, type)).toBe(name)
})

test('a parser of others reads what is written, whatever the words are', () => {
  const help = 'Of "this"\nand \\ that'
  const text = expositionOf([
    {
      name: 'lab_killed_total',
      type: 'counter',
      help,
      samples: [
        { labels: { scenario: 'deadlock', arm: 'failure' }, value: 17 },
        { labels: { scenario: 'a "b" \\ c', arm: 'control' }, value: 0 },
      ],
    },
    {
      name: 'lab_goodput_per_second',
      type: 'gauge',
      help: '',
      samples: [{ labels: {}, value: 1.5 }],
    },
  ])
  expect(parsePrometheus(text)).toMatchObject([
    {
      name: 'lab_killed_total',
      type: 'COUNTER',
      metrics: [
        { value: '17', labels: { scenario: 'deadlock', arm: 'failure' } },
        { value: '0', labels: { scenario: 'a "b" \\ c', arm: 'control' } },
      ],
    },
    { name: 'lab_goodput_per_second', type: 'GAUGE', metrics: [{ value: '1.5' }] },
  ])
})
