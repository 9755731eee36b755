import { rm, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@pet/postgres/connection'
import { stopServerIn } from '@pet/postgres/stop-server'
import { endProcesses, type EndProcesses } from './end-processes.ts'

/**
 * How to take something back, as data, so that another process can do it after this one was
 * killed. Every kind may be done twice, or after its object is gone, without harm.
 */
export type Undo =
  | { kind: 'remove-server'; dataFolder: string; folder: string }
  | { kind: 'end-sessions'; url: string; applicationName: string }
  | EndProcesses
  | { kind: 'remove-from-proxy'; url: string }

/** How long a server whose starter was killed may take until it shows in its folder. */
const startingMs = 500

const proxyAnswersMs = 5_000

/** Takes it back. Throws when that is not possible now; the journal then keeps the entry. */
export async function perform(undo: Undo): Promise<void> {
  switch (undo.kind) {
    case 'remove-server':
      return removeServer(undo)
    case 'end-sessions':
      return endSessions(undo)
    case 'end-processes':
      return endProcesses(undo)
    case 'remove-from-proxy':
      return removeFromProxy(undo)
  }
}

async function removeServer({ dataFolder, folder }: { dataFolder: string; folder: string }) {
  const exists = await stat(folder).catch(() => undefined)
  if (!exists) return
  if (!(await stopServerIn(dataFolder))) {
    await delay(startingMs)
    await stopServerIn(dataFolder)
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}

async function endSessions({ url, applicationName }: { url: string; applicationName: string }) {
  await using server = await connect(url)
  await server.client.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where application_name = $1 and pid <> pg_backend_pid()`,
    [applicationName],
  )
}

/** A proxy that is gone has taken its toxics with it. */
async function removeFromProxy({ url }: { url: string }) {
  const signal = AbortSignal.timeout(proxyAnswersMs)
  const response = await fetch(url, { method: 'DELETE', signal }).catch(throwUnlessGone)
  if (!response || response.ok || response.status === 404) return
  throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
}

function throwUnlessGone(error: Error & { cause?: { code?: string } }): undefined {
  if (error.cause?.code !== 'ECONNREFUSED') throw error
}
