import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** An address that stays while the server behind it is started anew on another port. */
export interface FixedAddress extends AsyncDisposable {
  port: number
  leadTo(port: number): void
}

export async function fixedAddress(): Promise<FixedAddress> {
  let target = 0
  const open = new Set<Socket>()
  const listener = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    join(near, far)
    join(far, near)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')

  function join(from: Socket, to: Socket): void {
    open.add(from)
    from.setNoDelay()
    from.on('error', () => to.destroy())
    from.once('close', () => {
      open.delete(from)
      to.destroy()
    })
    from.pipe(to)
  }

  return {
    port: (listener.address() as AddressInfo).port,
    leadTo: (port) => void (target = port),
    async [Symbol.asyncDispose]() {
      listener.close()
      for (const socket of open) socket.destroy()
      await once(listener, 'close')
    },
  }
}
