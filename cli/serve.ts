import type { Command } from 'commander'
import { CommandProblem, badInput } from './problem.ts'

export function registerServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run PET alone on DATABASE_URL, as in production: no lab, no demo')
    .addHelpText(
      'after',
      `
ORIGIN is the address at which browsers reach PET (default http://localhost:PORT).
TRUST_PROXY names the proxies before it whose X-Forwarded-For is believed: addresses, ranges such
as 10.0.0.0/8, or loopback, by commas (default none).
METRICS_TOKEN lets a program that sends "Authorization: Bearer METRICS_TOKEN" read /metrics, in
Prometheus' format; else administrators alone may.

Example:
  DATABASE_URL=postgres://owner:secret@db/pet ORIGIN=https://pet.example HOST=0.0.0.0 npx pet serve`,
    )
    .action(serve)
}

async function serve(): Promise<void> {
  const ownerUrl = process.env['DATABASE_URL']
  if (!ownerUrl) {
    throw new CommandProblem(
      'DATABASE_URL is not set.',
      '"pet serve" needs the URL of a database as its owner; "pet up" brings one along.',
      badInput,
    )
  }
  const { addressFromEnvironment, claimPort, originFromEnvironment } =
    await import('./up/address.ts')
  const { metricsTokenFromEnvironment } = await import('./up/metrics-token.ts')
  const { stopRequests } = await import('./up/stop-requests.ts')
  const { ensureWebBuilt } = await import('./up/web-build.ts')
  const { checkConnection } = await import('@pet/postgres/connection')
  const { startPet } = await import('@pet/pet/serve')
  const { pino } = await import('pino')
  const address = addressFromEnvironment()
  const metricsToken = metricsTokenFromEnvironment()
  const port = await claimPort(address)
  const origin = originFromEnvironment({ ...address, port })
  await checkConnection(ownerUrl)
  const trustProxy = process.env['TRUST_PROXY']
  const webFolder = await ensureWebBuilt()
  const { requested } = stopRequests()
  await using _pet = await startPet({
    ...address,
    port,
    ownerUrl,
    origin,
    webFolder,
    demo: false,
    ...(trustProxy && { trustProxy }),
    ...(metricsToken && { metricsToken }),
    logger: pino(),
  })
  console.log(`PET runs at ${origin}`)
  await requested
}
