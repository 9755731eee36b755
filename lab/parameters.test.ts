import { expect, test } from 'vitest'
import { z } from 'zod'
import { parametersSchema, parseParameters, parseParameterTexts } from './parameters.ts'

const scenario = {
  name: 'deadlock',
  parameters: z.object({
    writers: z.int().min(2).max(64).default(16).describe('Transfers under way at once'),
    share: z.number().min(0).max(1).default(0.5).describe('Share of the requests'),
    mode: z.enum(['slow', 'cut']).default('slow').describe('How it is done'),
    loud: z.boolean().default(false).describe('Whether it says so'),
  }),
}

test('parameters become JSON Schema, with limits and defaults', () => {
  expect(parametersSchema(scenario)).toEqual({
    type: 'object',
    properties: {
      writers: {
        type: 'integer',
        minimum: 2,
        maximum: 64,
        default: 16,
        description: 'Transfers under way at once',
      },
      share: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0.5,
        description: 'Share of the requests',
      },
      mode: {
        type: 'string',
        enum: ['slow', 'cut'],
        default: 'slow',
        description: 'How it is done',
      },
      loud: { type: 'boolean', default: false, description: 'Whether it says so' },
    },
    additionalProperties: false,
  })
})

test('what is not given has its default', () => {
  const defaults = { writers: 16, share: 0.5, mode: 'slow', loud: false }
  expect(parseParameters(scenario, {})).toEqual(defaults)
  const texts = { writers: '8', share: '0.25', mode: 'cut', loud: 'true' }
  expect(parseParameterTexts(scenario, texts)).toEqual({
    writers: 8,
    share: 0.25,
    mode: 'cut',
    loud: true,
  })
})

test('a quick run has the quick defaults where nothing is given', () => {
  const small = { ...scenario, quick: { writers: 2, share: 0.1 } }
  expect(parseParameters(small, { share: 0.9 }, 'quick')).toMatchObject({ writers: 2, share: 0.9 })
  expect(parseParameters(small, {})).toMatchObject({ writers: 16, share: 0.5 })
})

test.each<[Record<string, string>, string]>([
  [{ writers: '100000' }, 'writers: 100000 is beyond the limit: at most 64'],
  [{ writers: '1' }, 'writers: 1 is beyond the limit: at least 2'],
  [{ writers: '2.5' }, 'writers: 2.5 was given'],
  [{ writers: '' }, 'writers: "" was given'],
  [{ writers: 'Infinity' }, 'writers: '],
  [{ share: 'half' }, 'share: "half" was given'],
  [{ mode: 'loud' }, 'mode: "loud" was given'],
  [{ loud: 'maybe' }, 'loud: "maybe" was given'],
  [{ readers: '3' }, 'readers: deadlock has no such parameter; it has: writers, share, mode, loud'],
  [{ constructor: '3' }, 'constructor: deadlock has no such parameter'],
])('%j is refused with the field and its limit', (texts, sentence) => {
  expect(() => parseParameterTexts(scenario, texts)).toThrow(sentence)
})
