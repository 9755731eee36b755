/** PET's own tables, for `migrate` of @pet/postgres; they stand on the ledger's. */
export const petMigrations = { name: 'pet', folder: new URL('./migrations/', import.meta.url) }
