import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesWords } from './matches-words.ts'

test('nothing searched for matches everything', () => {
  fc.assert(fc.property(fc.string(), (text) => matchesWords(text, ' ')))
})

test('a text is found by any of its words, in any order and case', () => {
  expect(matchesWords('Quote Q-0007 was sent by Ada', 'ada q-0007')).toBe(true)
  expect(matchesWords('Quote Q-0007 was sent by Ada', 'ada q-0008')).toBe(false)
})
