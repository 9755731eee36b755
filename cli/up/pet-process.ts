import { startPet } from '@pet/pet/serve'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { pino } from 'pino'
import { runAsChild } from './run-as-child.ts'

export type PetConfiguration = {
  ownerUrl: string
  /** The same database through the lab's proxy, where live faults act. */
  throughProxy: string
  port: number
  origin: string
  demo: boolean
  webFolder: string
  metricsToken?: string
}

/** PET behind the lab: it listens on this machine only, and works through the lab's proxy. */
runAsChild({
  start: async (configuration: PetConfiguration) => {
    const { ownerUrl, throughProxy, webFolder, ...rest } = configuration
    const { url } = await ensureApplicationRole(ownerUrl)
    const pet = await startPet({
      ...rest,
      ownerUrl,
      applicationUrl: atPlaceOf(throughProxy, url),
      host: '127.0.0.1',
      trustProxy: 'loopback', // the lab says whom it passes on
      webFolder: new URL(webFolder),
      logger: pino(),
    })
    return { ready: { url: pet.url }, [Symbol.asyncDispose]: () => pet[Symbol.asyncDispose]() }
  },
})

function atPlaceOf(place: string, url: string): string {
  const moved = new URL(url)
  moved.host = new URL(place).host
  return moved.href
}
