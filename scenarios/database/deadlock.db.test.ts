import { expect, test } from 'vitest'
import { parseParameters } from '@pet/lab/parameters'
import { prove } from '@pet/lab/prove'
import { runScenario } from '@pet/lab/run-scenario'
import { temporaryLab } from '@pet/lab/testing'
import deadlock from './deadlock.ts'

const order = {
  seed: 7,
  parameters: parseParameters(deadlock, { transfers: 200 }),
  depth: 'quick' as const,
  signal: new AbortController().signal,
}

test('the server kills transfers that lock in opposite order, and none that keep one order', async () => {
  await using lab = await temporaryLab()
  const record = await runScenario(lab, deadlock, order)
  expect(record).toMatchObject({
    landed: 'confirmed',
    demonstrated: true,
    remedyHolds: true,
    restored: true,
    arms: { failure: { metrics: { wrongBudgets: { value: 0 } } } },
  })
  // Two witnesses: what the clients were told, and what the server counted for itself.
  expect(record.arms.failure.metrics['killed']?.value).toBe(record.probe.measured)
})

test('can fail: without its lock order’s defect, and without its remedy', async () => {
  await using lab = await temporaryLab()
  expect(await prove(lab, deadlock, order)).toEqual({
    name: 'deadlock',
    withoutFault: 'not demonstrated',
    withoutRemedy: 'remedy fails',
    ok: true,
  })
})
