import { checkConnection } from '@pet/postgres/connection'
import { startServer } from '@pet/postgres/server'
import { CommandProblem, notAsHoped } from '../problem.ts'
import { databaseFolder, ensureDatabase } from '../home.ts'

export type OpenDatabase = {
  opened: Promise<{ ownerUrl: string; dataFolder: string | undefined }>
  /** Rejects when the server that PET brings along ends; never settles for somebody else's. */
  ended: Promise<never>
  close(): Promise<void>
}

/** The database of `DATABASE_URL`, else the one in `home`, which is started. */
export function openDatabase(home: string): OpenDatabase {
  const configured = process.env['DATABASE_URL']
  if (configured) {
    const opened = checkConnection(configured).then(() => ({
      ownerUrl: configured,
      dataFolder: undefined,
    }))
    return { opened, ended: new Promise(() => {}), close: () => Promise.resolve() }
  }
  const server = startServer({ folder: databaseFolder(home) })
  const ended = server.then(async ({ exited, folder }) => {
    await exited
    throw new CommandProblem(
      'The database ended by itself.',
      `Its own words are in ${folder}.log; start PET again.`,
      notAsHoped,
    )
  })
  ended.catch(() => {}) // also when it was stopped, and nobody listens any more
  return {
    opened: server.then(async (started) => ({
      ownerUrl: await ensureDatabase(started),
      dataFolder: started.folder,
    })),
    ended,
    close: () =>
      server.then(
        (started) => started.stop(),
        () => {},
      ),
  }
}
