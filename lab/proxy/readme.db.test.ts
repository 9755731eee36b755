import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const readme = await readFile(new URL('README.md', import.meta.url), 'utf8')

test('the README’s code prints what its comments say', async () => {
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
  const promised = [...readme.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line)
  expect(promised.length).toBeGreaterThan(5)
  const folder = await mkdtemp(join(tmpdir(), 'pet-proxy-readme-'))
  const program = join(folder, 'readme.ts')
  // The same import, from elsewhere than inside the workspace.
  const here = JSON.stringify(import.meta.resolve('@pet/lab/proxy'))
  await writeFile(program, blocks.join('\n').replace("'@pet/lab/proxy'", here))
  try {
    const { stdout } = await run(process.execPath, [program])
    expect(stdout.trimEnd().split('\n')).toEqual(promised)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the README names every toxic and fault, and nothing that is not there', async () => {
  const { toxicSchema } = await import('./toxic.ts')
  const { httpFaultSchema } = await import('./http/http-fault.ts')
  const { distributionSchema } = await import('./http/distribution.ts')
  const namesOf = (schema: { options: readonly { shape: object }[] }, field: string) =>
    schema.options.map(({ shape }) => (shape as Record<string, { value: string }>)[field]?.value)
  const rows = [...readme.matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, name]) => name)
  expect(rows).toEqual([...namesOf(toxicSchema, 'type'), ...namesOf(httpFaultSchema, 'type')])
  for (const name of namesOf(distributionSchema, 'distribution'))
    expect(readme).toContain(`\`${name}\``)
})
