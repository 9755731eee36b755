import type { Sender } from './call.ts'
import { openHttpClient, type HttpAnswer, type HttpRequest } from './http-client.ts'

/** A request, and what the right answer to it is. */
export type ExpectingRequest = HttpRequest & {
  /** @default any from 200 to 299 */
  status?: number
  /** A piece of text that the right answer's body has in it. */
  includes?: string
}

/** Plain data, so that it may go to another thread. */
export type HttpPlan = {
  /** Such as `http://127.0.0.1:4400`. */
  origin: string
  /** Sent one after another, over and over. */
  requests: readonly [ExpectingRequest, ...ExpectingRequest[]]
}

/** Sends the requests of a plan in turn. Of a wrong answer, the status is counted. */
export default function httpSender({ origin, requests }: HttpPlan): Sender {
  const client = openHttpClient(origin)
  return {
    send: async (call) => {
      const request = requests[call.number % requests.length] ?? requests[0]
      const answer = await client.exchange(request, call)
      return isRight(answer, request) ? 'ok' : { wrong: String(answer.status) }
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  }
}

function isRight({ status, body }: HttpAnswer, expected: ExpectingRequest): boolean {
  const asExpected =
    expected.status === undefined ? status >= 200 && status < 300 : status === expected.status
  return asExpected && (expected.includes === undefined || body.includes(expected.includes))
}
