import { describe, expect, test } from 'vitest'
import { runClosedLoad } from './closed-load.ts'

const signal = new AbortController().signal

describe('a closed load', () => {
  test('has as many calls under way as it has workers, and makes as many as asked for', async () => {
    let underWay = 0
    let most = 0
    const report = await runClosedLoad({
      ...{ workers: 4, calls: 40, deadlineMs: 30_000, signal },
      send: async () => {
        most = Math.max(most, ++underWay)
        await new Promise(setImmediate)
        underWay--
        return 'ok'
      },
    })
    expect(most).toBe(4)
    expect(report).toMatchObject({ model: 'closed', intended: 40, ok: 40, shed: 0 })
    expect(report).not.toHaveProperty('schedule')
    expect(report.goodput).toBeGreaterThan(0)
  })

  test('asks a slow subject less often', async () => {
    const asked = async (thinkTimeMs: number) => {
      const load = { workers: 1, forMs: 100, deadlineMs: 30_000, thinkTimeMs, signal }
      return (await runClosedLoad({ ...load, send: async () => 'ok' })).intended
    }
    expect(await asked(40)).toBeLessThanOrEqual(4)
    expect(await asked(0)).toBeGreaterThan(4)
  })

  test('gives a call up at its deadline and goes on', async () => {
    const report = await runClosedLoad({
      ...{ workers: 1, calls: 3, deadlineMs: 300, signal },
      send: ({ number, signal: givenUp }) =>
        number === 0
          ? new Promise((_, reject) =>
              givenUp.addEventListener('abort', () => reject(givenUp.reason)),
            )
          : Promise.resolve('ok'),
    })
    expect(report).toMatchObject({ intended: 3, ok: 2, timedOut: 1 })
  })

  test('stops when it is aborted', async () => {
    const stop = new AbortController()
    const running = runClosedLoad({
      ...{ workers: 2, forMs: 60_000, deadlineMs: 60_000, signal: stop.signal },
      send: () => {
        stop.abort(new Error('enough'))
        return new Promise(() => {})
      },
    })
    await expect(running).rejects.toThrow('enough')
  })
})
