import { createServer } from 'node:net'

/** A port of 127.0.0.1 on which nothing listens at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((settle, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', settle)
  })
  const address = probe.address()
  await new Promise((settle) => probe.close(settle))
  return typeof address === 'object' && address !== null ? address.port : 0
}
