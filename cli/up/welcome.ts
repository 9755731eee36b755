import { relative } from 'node:path'
import { demoAccounts } from '@pet/pet/identity/demo-accounts'

/** What stands on the terminal once PET can be used. */
export function welcome({
  origin,
  host,
  home,
  demo,
}: {
  origin: string
  host: string
  home: string
  demo: boolean
}): string {
  const accounts = demoAccounts.map(
    ({ name, role, email }) =>
      `  ${name.padEnd(widest('name'))}  ${role.padEnd(widest('role'))}  ${email}`,
  )
  return [
    '',
    `PET runs at ${origin}`,
    '',
    ...(demo && !isThisMachine(host) ? [openDemo, ''] : []),
    ...(demo ? ['Sign in with one click as one of the demo accounts:', ...accounts, ''] : []),
    `The lab is at ${origin}/lab, the data in ${relative('.', home) || home}. Ctrl-C stops everything.`,
  ].join('\n')
}

const openDemo =
  'Careful: HOST lets other machines in, and one click makes anybody there the administrator of this demo.'

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function widest(field: 'name' | 'role'): number {
  return Math.max(...demoAccounts.map((account) => account[field].length))
}
