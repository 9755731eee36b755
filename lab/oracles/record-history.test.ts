import { describe, expect, test } from 'vitest'
import { outcomeOfError } from './outcome-of-error.ts'
import { recordHistory } from './record-history.ts'

const coded = (code: string) => Object.assign(new Error(code), { code })

describe('a recorded history', () => {
  test('has what each client did, with its begin, its end and what it saw', async () => {
    const held = { status: 'open' }
    const recorder = recordHistory({ initial: held })
    held.status = 'closed'
    const anna = recorder.session('anna')
    const list = [1, 2]
    expect(await anna.read('collection', 'entries', async () => list)).toBe(list)
    list.push(3)
    await anna.write('status', 'paused', async () => {})
    await anna.increment('sold', 30, async () => {})
    await anna.append('entries', 3, async () => {})
    await anna.create('invoices', async () => 17)
    const { operations, initial } = recorder.history()
    expect(initial).toEqual({ status: 'open' })
    expect(operations).toMatchObject([
      { index: 0, process: 'anna', kind: 'read', of: 'collection', value: [1, 2], outcome: 'ok' },
      { index: 1, kind: 'write', key: 'status', value: 'paused', outcome: 'ok' },
      { index: 2, kind: 'increment', key: 'sold', by: 30 },
      { index: 3, kind: 'append', key: 'entries', value: 3 },
      { index: 4, kind: 'create', key: 'invoices', value: 17, transaction: undefined },
    ])
    for (const { invokedAt, completedAt } of operations) {
      expect(invokedAt).toBeLessThanOrEqual(completedAt)
    }
  })

  test('does not know what is not finished, or came to no clear end', async () => {
    const recorder = recordHistory()
    const anna = recorder.session('anna')
    void anna.write('status', 'paused', () => new Promise(() => {}))
    const create = anna.create('invoices', () => Promise.reject(coded('ECONNRESET')))
    await expect(create).rejects.toThrow('ECONNRESET')
    const write = anna.write('status', 'x', () => Promise.reject(coded('40001')))
    await expect(write).rejects.toThrow('40001')
    const unknown = { outcome: 'unknown', completedAt: Infinity }
    expect(recorder.history().operations).toMatchObject([
      unknown,
      { ...unknown, value: undefined },
      { outcome: 'failed' },
    ])
  })

  test('gives all of a transaction one begin, one end and one outcome', async () => {
    const recorder = recordHistory()
    const anna = recorder.session('anna')
    await anna.transaction(async (inside) => {
      await inside.read('counter', 'sold', async () => 5)
      await inside.write('status', 'paused', async () => {})
    })
    await anna.transaction(async (inside) => {
      await inside.write('status', 'closed', async () => {})
      await inside.write('status', 'lost', () => Promise.reject(coded('23505'))).catch(() => {})
    })
    const rolledBack = anna.transaction(async (inside) => {
      await inside.write('status', 'open', async () => {})
      throw coded('40P01')
    })
    await expect(rolledBack).rejects.toThrow('40P01')
    const cutOff = anna.transaction(async (inside) => {
      await inside.write('status', 'open', async () => {})
      throw coded('57P01')
    })
    await expect(cutOff).rejects.toThrow('57P01')
    const { operations } = recorder.history()
    expect(operations).toMatchObject([
      { transaction: '1', outcome: 'ok' },
      { transaction: '1', outcome: 'ok' },
      // Whether there was a savepoint, nobody has said.
      { transaction: '2', outcome: 'unknown' },
      { transaction: '2', outcome: 'failed' },
      { transaction: '3', outcome: 'failed' },
      { transaction: '4', outcome: 'unknown', completedAt: Infinity },
    ])
    expect(operations[0]?.invokedAt).toBe(operations[1]?.invokedAt)
  })

  test('takes whole numbers only, so that sums are exact', async () => {
    const anna = recordHistory().session('anna')
    for (const by of [0.5, -1, Number.NaN]) {
      await expect(anna.increment('sold', by, async () => {})).rejects.toThrow(RangeError)
    }
  })
})

test.each([
  ['40001', 'failed'],
  ['40P01', 'failed'],
  ['23505', 'failed'],
  ['57014', 'failed'],
  ['ECONNREFUSED', 'failed'],
  ['40003', 'unknown'],
  ['57P01', 'unknown'],
  ['08006', 'unknown'],
  ['ECONNRESET', 'unknown'],
  ['EPIPE', 'unknown'],
])('%s leaves an outcome %s', (code, outcome) => {
  expect(outcomeOfError(coded(code))).toBe(outcome)
  expect(outcomeOfError(new Error('no code'))).toBe('unknown')
})
