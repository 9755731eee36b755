/** Headers as they came: name, value, name, value, and so on. */
export type RawHeaders = readonly string[]

/** What is said between two neighbours only (RFC 9110, 7.6.1), besides what `Connection` names. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Without what is meant for the neighbour only; order, case and repetitions stay as they came. */
export function endToEnd(headers: RawHeaders): string[] {
  const named = pairs(headers)
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim().toLowerCase())
  return pairs(headers)
    .filter(([name]) => !hopByHop.has(name.toLowerCase()) && !named.includes(name.toLowerCase()))
    .flat()
}

/** Sets some headers and removes others. */
export function changeHeaders(
  headers: RawHeaders,
  { set, remove }: { set: Record<string, string>; remove: readonly string[] },
): string[] {
  const gone = new Set([...Object.keys(set), ...remove].map((name) => name.toLowerCase()))
  const kept = pairs(headers).filter(([name]) => !gone.has(name.toLowerCase()))
  return [...kept, ...Object.entries(set)].flat()
}

export function hasHeader(headers: RawHeaders, wanted: string): boolean {
  return pairs(headers).some(([name]) => name.toLowerCase() === wanted)
}

/** What came after a body. */
export function trailersOf({ rawTrailers }: { rawTrailers: RawHeaders }): [string, string][] {
  return pairs(rawTrailers)
}

function pairs(headers: RawHeaders): [name: string, value: string][] {
  return headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as [string, string]] : [],
  )
}
