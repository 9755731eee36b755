import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, type Answer, type Outcome, type Send, type SettledCall } from './call.ts'

/** How long a call that was given up may take to heed its signal before the load ends without it. */
const graceMs = 1_000

export type CallsOrder = {
  send: Send
  /** From the intended start: what comes later is no answer any more. */
  deadlineMs: number
  onSettled(call: SettledCall): void
  /** Milliseconds from the start of the load. */
  now(): number
}

/** The calls of a load that are under way. Each settles once, at its deadline at the latest. */
export class CallsUnderWay {
  readonly #order: CallsOrder
  readonly #underWay = new Set<AbortController>()
  #drained = Promise.withResolvers<void>()

  constructor(order: CallsOrder) {
    this.#order = order
  }

  /** Calls whose `send` has not returned, those that were given up included. */
  get count(): number {
    return this.#underWay.size
  }

  /** Begins a call now; what is returned resolves when its `send` has returned. */
  start(call: Pick<SettledCall, 'number' | 'intendedMs' | 'traceparent'>): Promise<void> {
    const { send, deadlineMs, now } = this.#order
    const startedMs = now()
    const controller = new AbortController()
    const { signal } = controller
    let settled = false
    const settle = (outcome: Outcome) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      const settledMs = now()
      // An answer is late also when it was here before the timer had its turn.
      const late = settledMs - call.intendedMs > deadlineMs
      this.#order.onSettled({
        ...call,
        startedMs,
        settledMs,
        outcome: late ? { kind: 'timed out' } : outcome,
      })
    }
    const timer = setTimeout(
      () => {
        settle({ kind: 'timed out' })
        controller.abort(new DOMException('The deadline of this call has passed', 'TimeoutError'))
      },
      // Node's timers come up to a millisecond early; what comes just after the deadline is late.
      Math.max(0, Math.ceil(call.intendedMs + deadlineMs - startedMs) + 1),
    )
    this.#underWay.add(controller)
    return answerOf(send, { ...call, signal }).then((outcome) => {
      settle(outcome)
      this.#underWay.delete(controller)
      if (this.#underWay.size === 0) this.#drained.resolve()
    })
  }

  /** Waits until every `send` has returned; those that don't heed their signal are left and counted. */
  async drained(): Promise<{ abandoned: number }> {
    if (this.#underWay.size > 0) {
      this.#drained = Promise.withResolvers()
      const patience = new AbortController()
      const patienceMs = this.#order.deadlineMs + graceMs
      await Promise.race([
        this.#drained.promise,
        delay(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
      ])
      patience.abort()
    }
    return { abandoned: this.#underWay.size }
  }

  abort(reason: unknown): void {
    for (const controller of this.#underWay) controller.abort(reason)
  }
}

async function answerOf(send: Send, call: Parameters<Send>[0]): Promise<Outcome> {
  try {
    return outcomeOf(await send(call))
  } catch (error) {
    return { kind: 'failed', code: codeOf(error) }
  }
}

function outcomeOf(answer: Answer): Outcome {
  return answer === 'ok' ? { kind: 'ok' } : { kind: 'wrong', code: answer.wrong }
}
