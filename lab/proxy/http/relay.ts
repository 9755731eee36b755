import type { IncomingMessage, ServerResponse } from 'node:http'
import { changeHeaders, endToEnd, trailersOf } from './headers.ts'
import type { HttpFaultOf } from './http-fault.ts'
import type { Plan } from './plan.ts'

/** Passes the server's answer on as it comes, changed or cut where a fault says so. */
export async function relay(
  answer: IncomingMessage,
  response: ServerResponse,
  { headers: changes, truncate }: Pick<Plan, 'headers' | 'truncate'>,
): Promise<void> {
  writeHead(answer, response, { changes, truncate })
  const whole = await passBody(answer, response, truncate?.attributes.bytes)
  if (!whole && truncate?.attributes.clean === false) {
    // Ended, not reset: what came before the cut must arrive.
    response.socket?.end()
    return
  }
  if (whole && answer.rawTrailers.length > 0) response.addTrailers(trailersOf(answer))
  response.end()
  answer.resume()
}

function writeHead(
  answer: IncomingMessage,
  response: ServerResponse,
  { changes, truncate }: { changes: HttpFaultOf<'header'>[]; truncate: Plan['truncate'] },
): void {
  const edits = changes.map(({ attributes }) => attributes)
  if (truncate?.attributes.clean) edits.push({ set: {}, remove: ['content-length'] })
  const headers = edits.reduce(changeHeaders, endToEnd(answer.rawHeaders))
  response.sendDate = false
  if (/\bclose\b/i.test(answer.headers.connection ?? '')) response.shouldKeepAlive = false
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers)
  // Together with the first bytes if they are here already, else alone: an event stream may be silent.
  setImmediate(() => {
    if (!response.writableEnded) response.flushHeaders()
  })
}

/** True when all of it was passed on; false when it was cut after `most` bytes. */
function passBody(
  answer: IncomingMessage,
  response: ServerResponse,
  most = Infinity,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  let left = most
  let isCut = false
  const settle = (whole: boolean): void => {
    answer.off('data', pass)
    response.off('drain', resume)
    resolve(whole)
  }
  const resume = (): void => void answer.resume()
  const pass = (bytes: Buffer): void => {
    const part = bytes.subarray(0, left)
    left -= part.length
    isCut = part.length < bytes.length
    if (isCut) response.write(part, () => settle(false))
    else if (!response.write(part)) answer.pause()
    if (isCut) answer.off('data', pass)
  }
  answer.on('data', pass)
  response.on('drain', resume)
  answer.once('end', () => {
    if (!isCut) settle(true) // the answer may end before what was left of it is written
  })
  answer.once('error', reject)
  answer.once('close', () => {
    if (!answer.complete) reject(new Error('The server ended its answer in the middle'))
  })
  return promise
}
