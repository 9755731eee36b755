import { setTimeout as delay } from 'node:timers/promises'
import type { Command, Expected } from '../command.ts'
import type { CrashSite } from './crash-site.ts'
import type { Asked } from './history.ts'
import type { DrawnCommand } from './plan.ts'

export interface Clients {
  history: Asked[]
  /** What no crash explains. */
  failures: string[]
  /** Questions that got no answer, so that it was open whether they had been done. */
  lostAnswers(): number
  /** Lets each finish what it is about. */
  stop(): Promise<void>
}

const retryAfterMs = 15
const patienceMs = 60_000

/** Starts clients that ask the nodes of a crash site, each for one thing at a time. */
export function startClients(site: CrashSite, plans: DrawnCommand[][]): Clients {
  const history: Asked[] = []
  const failures: string[] = []
  const versions = new Map<string, number>() // as the last answers had them
  let lostAnswers = 0
  let over = false
  const seen = (stream: string): Expected => versions.get(stream) ?? 0
  const done = Promise.all(plans.map((plan, client) => keepAsking(plan, client)))

  async function keepAsking(plan: DrawnCommand[], client: number): Promise<void> {
    for (let count = 0; !over; count += 1) {
      const drawn = plan[count % plan.length]!
      const asked: Asked = { command: toCommand(drawn, `${client}-${count}`), outcomes: [] }
      history.push(asked)
      const isAnswered = await askUntilAnswered(asked, drawn)
      if (isAnswered && drawn.repeats) await askUntilAnswered(asked, drawn)
    }
  }

  async function askUntilAnswered(
    { command, outcomes }: Asked,
    { node, persists }: DrawnCommand,
  ): Promise<boolean> {
    const deadline = Date.now() + patienceMs
    for (let attempt = 0; Date.now() < deadline; attempt += 1) {
      const answer = await site.ask(attempt % 2 === 0 ? node : node === 0 ? 1 : 0, {
        append: command,
      })
      if (answer.answer === 'outcome') {
        outcomes.push(answer.outcome)
        if (answer.outcome.outcome === 'conflict') return true
        for (const { stream, version } of answer.outcome.events) versions.set(stream, version)
        return true
      }
      if (answer.answer === 'failed') failures.push(`${command.commandId}: ${answer.problem}`)
      lostAnswers += 1
      await delay(retryAfterMs)
      if (!persists) return false
    }
    failures.push(`${command.commandId} got no answer for ${patienceMs} ms`)
    return false
  }

  function toCommand({ streams }: DrawnCommand, commandId: string): Command {
    return {
      ...{ commandId, actor: 'client' },
      streams: streams.map(({ stream, expected, events }) => ({
        stream,
        expected: expected === 'as seen' ? seen(stream) : expected,
        events: Array.from({ length: events }, (_, index) => ({
          ...{ type: 'Noted', data: `${commandId}/${index}` },
        })),
      })),
    }
  }

  return {
    history,
    failures,
    lostAnswers: () => lostAnswers,
    async stop() {
      over = true
      await done
    },
  }
}
