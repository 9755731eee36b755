/** The ledger's migrations, for `migrate` of `@pet/postgres`. */
export const ledgerMigrations = {
  name: 'ledger',
  folder: new URL('./migrations/', import.meta.url),
}
