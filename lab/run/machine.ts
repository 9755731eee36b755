import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os'
import type { RunRecord } from '../api-types.ts'
import metadata from '../package.json' with { type: 'json' }
import type { Scenario } from '../scenario.ts'
import type { Bench } from './bench.ts'

/** What a reader of a record needs to judge its absolute figures. */
export function readMachine(): RunRecord['machine'] {
  return {
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  }
}

export function readVersions(
  scenario: Pick<Scenario, 'version'>,
  { version: postgresql }: Pick<Bench, 'version'>,
): Record<string, string> {
  return {
    lab: metadata.version,
    scenario: String(scenario.version ?? 1),
    node: process.versions.node,
    postgresql,
  }
}
