import { join } from 'node:path'
import { ensureWritable } from '@pet/postgres/data-folder'
import { freePort } from '@pet/postgres/free-port'
import { petHome } from '../home.ts'
import { lockHome } from '../lock-home.ts'
import { addressFromEnvironment, claimPort, originOf } from './address.ts'
import { endedAlone, forkChild, type ChildProgram } from './child.ts'
import { keepRunning } from './keep-running.ts'
import type { LabConfiguration, LabReady } from './lab-process.ts'
import { metricsTokenFromEnvironment } from './metrics-token.ts'
import { openDatabase } from './open-database.ts'
import type { PetConfiguration } from './pet-process.ts'
import { withProgress } from './progress.ts'
import { stopRequests } from './stop-requests.ts'
import { ensureWebBuilt } from './web-build.ts'
import { welcome } from './welcome.ts'

/**
 * Runs the database, the lab and PET as processes of their own until it is asked to stop, and then
 * ends them in that order's reverse. What stands in the way of a start is found before the long
 * work begins.
 *
 * @throws CommandProblem or DatabaseProblem, with everything that had started stopped again.
 */
export async function up(): Promise<void> {
  const address = addressFromEnvironment()
  const metricsToken = metricsTokenFromEnvironment()
  const home = petHome()
  ensureWritable(home)
  using _lock = lockHome(home, {
    doing: `at ${originOf(address)}`,
    advice:
      'Stop that one first, or choose another folder and port: PET_HOME=.pet-2 PORT=4401 npm start',
  })
  const port = await claimPort(address)
  const stop = stopRequests()
  await using running = new AsyncDisposableStack()
  const work = run(running, { ...address, port, home, metricsToken, again: stop.again })
  await Promise.race([work, stop.requested])
}

type Place = { port: number; host: string; home: string }

async function run(
  running: AsyncDisposableStack,
  {
    again,
    metricsToken,
    ...place
  }: Place & { metricsToken: string | undefined; again: AbortSignal },
): Promise<never> {
  const { home } = place
  const token = metricsToken === undefined ? {} : { metricsToken }
  const programs = programsIn(home)
  const stopping = new AbortController()
  running.defer(() => stopping.abort())
  const database = openDatabase(home)
  running.defer(() => database.close())
  // Both load their code while the database starts.
  const lab = running.use(forkChild<LabConfiguration, LabReady>(programs.lab))
  const pet = running.use(keepRunning<PetConfiguration>(programs.pet))
  again.addEventListener('abort', () => [pet, lab].forEach((child) => child.kill()))

  const [{ ownerUrl, dataFolder }, webFolder, petPort] = await Promise.all([
    withProgress('Starting the database', database.opened),
    withProgress('Building the web page', ensureWebBuilt(stopping)),
    freePort(),
  ])
  const { throughProxy } = await withProgress(
    'Starting the lab',
    lab.start({
      ...place,
      petUrl: `http://127.0.0.1:${petPort}`,
      databaseUrl: ownerUrl,
      dataFolder,
      webFolder: webFolder.href,
      ...token,
    }),
  )
  const demo = process.env['NODE_ENV'] !== 'production'
  const origin = originOf(place)
  const configuration = {
    ownerUrl,
    throughProxy: throughProxy.databaseUrl,
    port: petPort,
    origin,
    demo,
    webFolder: webFolder.href,
    ...token,
  }
  await withProgress('Starting PET', pet.start(configuration))
  console.log(welcome({ ...place, origin, demo }))
  return Promise.race([
    pet.givenUp,
    lab.exited.then((how) => Promise.reject(endedAlone(programs.lab, how))),
    database.ended,
  ])
}

function programsIn(home: string): Record<'lab' | 'pet', ChildProgram> {
  const program = (name: string, id: string) => ({
    name,
    module: new URL(`${id}-process.ts`, import.meta.url),
    logFile: join(home, `${id}.log`),
  })
  return { lab: program('The lab', 'lab'), pet: program('PET', 'pet') }
}
