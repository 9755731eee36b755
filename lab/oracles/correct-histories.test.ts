import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { correctHistories } from '../testing/correct-history.ts'
import { findDuplicates } from './duplicates.ts'
import { findGaps } from './gaps.ts'
import { findLostUpdates } from './lost-updates.ts'
import { findNonMonotonicReads } from './non-monotonic-reads.ts'
import { findPhantomReads } from './phantom-reads.ts'
import { findStaleReads } from './stale-reads.ts'
import { findWriteSkews } from './write-skews.ts'

const numRuns = inject('depth') === 'full' ? 20_000 : 1_000

test('no oracle raises an alarm over what a correct system did, whatever its clients learned of it', () => {
  fc.assert(
    fc.property(correctHistories, ({ history, finalState }) => {
      expect(findLostUpdates(history, finalState)).toEqual([])
      expect(findDuplicates(history, finalState)).toEqual([])
      expect(findGaps(history, { sequences: ['log'], finalState })).toEqual([])
      expect(findStaleReads(history)).toEqual([])
      expect(findNonMonotonicReads(history)).toEqual([])
      expect(findPhantomReads(history)).toEqual([])
      expect(findWriteSkews(history)).toEqual([])
    }),
    { numRuns },
  )
})
