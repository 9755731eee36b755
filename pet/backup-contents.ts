import { ledgerTables, type BackupContents } from '@pet/ledger/backup'

/**
 * What a backup of PET holds: the log, the keys of persons, accounts with the hashes of their
 * passwords, and the secrets that sign sessions and links, so that a link which a customer got goes
 * on working. It is to be kept as safe as the database itself.
 */
export const backupContents: BackupContents = {
  tables: [...ledgerTables, 'identity.user', 'identity.account', 'identity.secret'],
  sequences: ['quoting.quote_number'],
}

/** What is made again from the log or by the migrations. */
export const derivedTables: readonly string[] = [
  ...['ledger.projection', 'ledger.projection_schema', 'ledger.inline_projection'],
  ...['ledger.rebuild', 'ledger.snapshot', 'migrations.applied'],
  ...['customers.customer', 'quoting.quote_summary', 'activity.entry'],
]

/** What a restored PET is better off without: people sign in again. */
export const passingTables: readonly string[] = [
  ...['identity.session', 'identity.verification', 'identity.rateLimit'],
]
