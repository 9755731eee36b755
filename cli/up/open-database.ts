import { checkConnection } from '@pet/postgres/connection'
import { startServer } from '@pet/postgres/server'
import { databaseFolder, ensureDatabase } from '../home.ts'

export type OpenDatabase = {
  opened: Promise<{ ownerUrl: string; dataFolder: string | undefined }>
  /** Settles when the server that PET brings along has ended; never for one of somebody else's. */
  ended: Promise<void>
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
  return {
    opened: server.then(async (started) => ({
      ownerUrl: await ensureDatabase(started),
      dataFolder: started.folder,
    })),
    ended: server.then(({ exited }) => exited),
    close: () =>
      server.then(
        (started) => started.stop(),
        () => {},
      ),
  }
}
