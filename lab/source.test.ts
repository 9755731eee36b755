import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { cutArms, sourceOf } from './source.ts'

const source = `import { defineScenario } from '@pet/lab/scenario'

const parameters = z.object({})

export default defineScenario({
  name: 'lost-hours',
  parameters,
  control: (lab) => book(lab, carelessly, alone),
  failure: (lab) => book(lab, carelessly, together),
  remedy: async (lab) => {
    return book(lab, carefully, together)
  },
})

type Way = { locks: boolean }

/** Without a lock. */
const carelessly: Way = { locks: false }

/** With one. */
const carefully: Way = {
  locks: true,
}

const alone = 1
const together = 16

async function book(lab: Lab, way: Way, clients: number) {
  await helper(lab)
}

function helper() {}
`

test('each arm is cut out with what it uses, and nothing that only the other uses', () => {
  const { failure, remedy } = cutArms(source)
  expect(failure).toBe(`failure: (lab) => book(lab, carelessly, together),

type Way = { locks: boolean }

/** Without a lock. */
const carelessly: Way = { locks: false }

const together = 16

async function book(lab: Lab, way: Way, clients: number) {
  await helper(lab)
}

function helper() {}`)
  expect(remedy).toContain('remedy: async (lab) => {\n  return book(lab, carefully, together)\n},')
  expect(remedy).toContain('/** With one. */')
  expect(remedy).not.toContain('carelessly')
})

test('of a business scenario the planted defects and the adversary are shown', () => {
  const business = `export default defineBusinessScenario({
  defects: [overwritten],
  adversary: (context) => attack(context),
})

const overwritten = { name: 'overwritten' }

async function attack() {}
`
  const { failure, remedy } = cutArms(business)
  expect(failure).toContain("const overwritten = { name: 'overwritten' }")
  expect(remedy).toContain('async function attack() {}')
})

test('a scenario with a folder of its own is read with its parts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pet-source-'))
  try {
    const file = pathToFileURL(join(folder, 'lost-hours.ts'))
    await writeFile(
      file,
      "import { tryAll } from './lost-hours/adversary.ts'\n\nexport default defineBusinessScenario({\n  adversary: tryAll,\n})\n",
    )
    await mkdir(join(folder, 'lost-hours'))
    const part =
      "import {\n  book,\n} from '../stage/book.ts'\n\n/** Everything. */\nexport async function tryAll() {\n  return book()\n}\n"
    await writeFile(join(folder, 'lost-hours', 'adversary.ts'), part)
    expect((await sourceOf(file)).remedy).toBe(
      'adversary: tryAll,\n\n/** Everything. */\nexport async function tryAll() {\n  return book()\n}',
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
