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
  metricsToken?: string
}

export type LabReady = { url: string; throughProxy: { petUrl: string; databaseUrl: string } }

const registry = loadRegistry()

/** The lab, which owns the public port and passes on to PET what is not its own. */
runAsChild({
  start: async ({ webFolder, dataFolder: _, ...configuration }: LabConfiguration) => {
    const lab = await startLab({
      ...configuration,
      registry: await registry,
      webFolder: new URL(webFolder),
      administrator: askForAdministrator(configuration.petUrl),
    })
    const ready: LabReady = { url: lab.url, throughProxy: lab.throughProxy }
    return { ready, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() }
  },
  orphaned: async ({ dataFolder }) => {
    if (dataFolder !== undefined) await stopServerIn(dataFolder)
  },
})
