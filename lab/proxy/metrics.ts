import type { Proxy } from './proxy.ts'
import { streams } from './toxic.ts'

/** Toxiproxy's counters, and ours, in Prometheus' text format. */
export function metricsText(proxies: readonly Proxy[]): string {
  const lines = proxies.flatMap((proxy) => {
    const { name, listen, upstream, toxics, faults, connections } = proxy.describe()
    const labels = { proxy: name, listener: listen, upstream }
    const bytes = proxy.bytes()
    return [
      ...streams.flatMap((direction) => [
        ['received_bytes_total', { direction, ...labels }, bytes[direction].received] as const,
        ['sent_bytes_total', { direction, ...labels }, bytes[direction].sent] as const,
      ]),
      ['connections', labels, connections] as const,
      ['toxics', labels, toxics.length + faults.length] as const,
      ['decisions_total', labels, proxy.hits().total] as const,
    ]
  })
  return families
    .map(({ name, type, help }) =>
      [
        `# HELP ${prefix}${name} ${help}`,
        `# TYPE ${prefix}${name} ${type}`,
        ...lines
          .filter(([family]) => family === name)
          .map(([, labels, value]) => `${prefix}${name}{${labelsText(labels)}} ${value}`),
        '',
      ].join('\n'),
    )
    .join('')
}

const prefix = 'toxiproxy_proxy_'

const families = [
  { name: 'received_bytes_total', type: 'counter', help: 'Bytes that a proxy received' },
  { name: 'sent_bytes_total', type: 'counter', help: 'Bytes that a proxy sent' },
  { name: 'connections', type: 'gauge', help: 'Connections that are open' },
  { name: 'toxics', type: 'gauge', help: 'Toxics and HTTP faults at work' },
  { name: 'decisions_total', type: 'counter', help: 'Decisions whether something is hit' },
]

function labelsText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`)
    .join(',')
}
