import { lockFolder } from '../folder-lock.ts'

/** A process of its own that takes a lock, says so, and then only waits to be killed. */
lockFolder(process.argv[2] ?? '', `process ${process.pid}`)
process.send?.('locked')
process.once('disconnect', () => process.exit())
