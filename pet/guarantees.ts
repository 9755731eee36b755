/**
 * Rules that no single command breaks or keeps, because the building keeps them: each names the place in code that
 * enforces it, and the test that shows it. A test holds both against the files.
 */
export type Guarantee = {
  id: string
  document: string
  sentence: string
  enforcedBy: string
  shownBy: string
}

const document = 'domain-and-data-immutability'

export const guarantees: readonly Guarantee[] = [
  {
    id: 'DAT-1',
    document,
    sentence:
      'What happened is kept as an event, and an event is never changed, replaced or removed.',
    enforcedBy: 'ledger/migrations/0001-log.sql',
    shownBy: 'pet/guarantees.db.test.ts',
  },
  {
    id: 'DAT-2',
    document,
    sentence:
      'The application can append to the log through one function, and write to it in no other way.',
    enforcedBy: 'ledger/migrations/0003-grants.sql',
    shownBy: 'pet/guarantees.db.test.ts',
  },
  {
    id: 'DAT-3',
    document,
    sentence:
      'A change of the log that nothing can prevent is found by the audit, which names the first position that does not hold.',
    enforcedBy: 'ledger/audit.ts',
    shownBy: 'pet/guarantees.db.test.ts',
  },
  {
    id: 'DAT-4',
    document,
    sentence:
      'A command counts once: sent again with the same id, it changes nothing and gets the first answer.',
    enforcedBy: 'ledger/migrations/0002-append.sql',
    shownBy: 'pet/guarantees.db.test.ts',
  },
  {
    id: 'DAT-5',
    document,
    sentence:
      'Personal values are encrypted under a key of the person; erasing the key erases the person and leaves every event in place.',
    enforcedBy: 'ledger/personal.ts',
    shownBy: 'pet/guarantees.db.test.ts',
  },
  {
    id: 'DAT-8',
    document,
    sentence:
      'A log that no longer goes through a head that was exported from it is found by whoever kept the head.',
    enforcedBy: 'ledger/audit.ts',
    shownBy: 'pet/guarantees.db.test.ts',
  },
]
