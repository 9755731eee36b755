import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { createRandom } from '../random.ts'
import type { Sender } from './call.ts'
import type { ThreadMessage, ThreadOrder } from './load-apart.ts'
import { followSchedule } from './run-load.ts'

/** A thread of `runLoadApart`: opens its sender, waits for the common start, answers with its tally. */

if (!parentPort) throw new Error('This file is run as a thread by runLoadApart')
const port = parentPort
const say = (message: ThreadMessage) => port.postMessage(message)

// What the thread is given is what `runLoadApart` types as its order.
const { sender: module, data, traces, thread, endMs, ...order } = workerData as ThreadOrder
const { default: open } = (await import(module)) as {
  default: (data: unknown) => Sender | Promise<Sender>
}
await using sender = await open(data)
const started = once(port, 'message')
say('ready')
const [{ startsAt }] = (await started) as [{ startsAt: number }]
const tally = await followSchedule(
  {
    ...order,
    send: (call) => sender.send(call),
    signal: new AbortController().signal, // an abort ends the thread
    ...(traces && {
      traces: { share: traces.share, random: createRandom(traces.seed, 'traces', thread) },
    }),
  },
  { startsAt, endMs },
)
say({ tally: tally.encode() })
