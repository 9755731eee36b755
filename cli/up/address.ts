import { createServer } from 'node:net'
import { CommandProblem, badInput, notAsHoped } from '../problem.ts'

export type Address = { port: number; host: string }

const defaultPort = 4400
const highestPort = 65_535

/** `PORT` and `HOST`, or their defaults. @throws CommandProblem when `PORT` is not a port. */
export function addressFromEnvironment(): Address {
  const text = process.env['PORT'] || String(defaultPort)
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= highestPort) {
    return { port, host: process.env['HOST'] || '127.0.0.1' }
  }
  throw new CommandProblem(
    `PORT is "${text}", which is not a port.`,
    `Give a whole number from 1 to ${highestPort}, as in: PORT=4401 npm start`,
    badInput,
  )
}

/** `ORIGIN`, or the address itself as a browser takes it. @throws CommandProblem when it is not one of HTTP. */
export function originFromEnvironment(address: Address): string {
  const text = process.env['ORIGIN']
  if (!text) return originOf(address)
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new CommandProblem(
    `ORIGIN is "${text}", which is not the address of a web site.`,
    'Give it with its scheme, as in: ORIGIN=https://pet.example.com',
    badInput,
  )
}

/** The address as a browser takes it: passkeys want `localhost`, not an address of this machine. */
export function originOf({ port, host }: Address): string {
  const isThisMachine = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)
  const name = isThisMachine ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/**
 * The port that is really free at `address`: the same one, or the one that the system picks for 0.
 *
 * @throws CommandProblem when nothing can listen there.
 */
export async function claimPort(address: Address): Promise<number> {
  const probe = createServer()
  try {
    await new Promise<void>((settle, reject) => {
      probe.once('error', reject)
      probe.listen({ ...address, exclusive: true }, settle)
    })
    const bound = probe.address()
    return typeof bound === 'object' && bound !== null ? bound.port : address.port
  } catch (error) {
    throw cannotListen(address, error)
  } finally {
    if (probe.listening) await new Promise((settle) => probe.close(settle))
  }
}

function cannotListen({ port, host }: Address, error: unknown): CommandProblem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return new CommandProblem(
        `Port ${port} is taken by another program.`,
        `Stop that one, or choose another port: PORT=${port < highestPort ? port + 1 : port - 1} npm start`,
        notAsHoped,
      )
    case 'EACCES':
      return new CommandProblem(
        `You may not listen on port ${port}.`,
        'Choose one above 1023: PORT=4400 npm start',
        notAsHoped,
      )
    default:
      return new CommandProblem(
        `PET can't listen on ${host}:${port} (${error instanceof Error ? error.message : String(error)}).`,
        'HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them.',
        notAsHoped,
      )
  }
}
