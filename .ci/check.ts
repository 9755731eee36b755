import { fileURLToPath } from 'node:url'
import { type Canary, canaries, permitted, supports } from './canaries.ts'
import { plantedHouse } from './planted-house.ts'
import { fileOf, type Report, type Step, steps } from './steps.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Runs every step on the house, and on an empty one in which each kind of fault is planted: a step that looked
 * at nothing or does not find its canaries is as red as one that finds a fault.
 */
async function check(): Promise<boolean> {
  await using planted = await plantedHouse(root, [...supports, ...canaries, ...permitted])
  let isGood = true
  for (const step of steps) {
    const started = performance.now()
    const [house, empty] = await Promise.all([step.run(root), step.run(planted.folder)])
    const faults = [...faultsOf(house), ...missesOf(step, planted.folder, empty)]
    const watched = canaries.filter((canary) => canary.step === step.name).length
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const looked = house.looked === undefined ? '' : `${house.looked} files, `
    console.log(
      `${faults.length === 0 ? '✓' : '✗'} ${step.name}: ${looked}${watched} canaries, ${seconds} s`,
    )
    for (const fault of faults) console.log(`  ${fault}`)
    isGood &&= faults.length === 0
  }
  return isGood
}

function faultsOf({ looked, findings }: Report): string[] {
  return [
    ...(looked === 0 ? ['It looked at no file.'] : []),
    ...findings.map(({ path, says }) => `${path}  ${says}`),
  ]
}

function missesOf(step: Step, folder: string, { findings }: Report): string[] {
  const finds = ({ path, foundIn = path, expects }: Canary) =>
    findings.some((finding) => fileOf(folder, finding) === foundIn && expects.test(finding.says))
  const watched = canaries.filter((canary) => canary.step === step.name)
  return [
    ...(watched.length === 0 ? ['No canary watches over it.'] : []),
    ...watched
      .filter((canary) => !finds(canary))
      .map(({ path, expects }) => `Blind: planted in ${path}, ${expects} was not found.`),
    ...permitted
      .filter(({ path }) =>
        findings.some(
          (finding) => fileOf(folder, finding) === path && /restricted-imports/.test(finding.says),
        ),
      )
      .map(({ path }) => `Too strict: the import in ${path} is permitted, and was found.`),
  ]
}

process.exitCode = (await check()) ? 0 : 1
