import { startLab } from '@pet/lab/server'
import { stopServerIn } from '@pet/postgres/stop-server'
import { loadRegistry } from '@pet/scenarios/registry'
import { askForAdministrator } from './administrator.ts'
import { runAsChild } from './run-as-child.ts'

export type LabConfiguration = {
  port: number
  host: string
  home: string
  petUrl: string
  databaseUrl: string
  /** Where the server that PET brings along keeps its data, if that one is used. */
  dataFolder: string | undefined
  webFolder: string
}

export type LabReady = { url: string; throughProxy: { petUrl: string; databaseUrl: string } }

const registry = loadRegistry()
const supervisor = process.ppid

/** The lab, which owns the public port and passes on to PET what is not its own. */
runAsChild(async ({ webFolder, dataFolder, ...configuration }: LabConfiguration) => {
  const lab = await startLab({
    ...configuration,
    registry: await registry,
    webFolder: new URL(webFolder),
    administrator: askForAdministrator(configuration.petUrl),
  })
  const ready: LabReady = { url: lab.url, throughProxy: lab.throughProxy }
  const stop = async () => {
    await lab[Symbol.asyncDispose]()
    const nobodyElseWill = process.ppid !== supervisor // it was killed
    if (nobodyElseWill && dataFolder !== undefined) await stopServerIn(dataFolder)
  }
  return { ready, [Symbol.asyncDispose]: stop }
})
