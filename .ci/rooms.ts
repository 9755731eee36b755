export type Room =
  'postgres' | 'http' | 'ledger' | 'pet' | 'lab' | 'scenarios' | 'web' | 'cli' | 'bench'

/**
 * Who may know whom. Everything that is checked about it is made from this table: the limits on imports
 * (`oxlint.config.ts`), what may be reached through them (`reach.ts`) and the canaries that prove both.
 */
export const mayKnow: Record<Room, readonly Room[]> = {
  postgres: [],
  http: [],
  ledger: ['postgres', 'http'],
  lab: ['postgres', 'http'],
  pet: ['ledger', 'http', 'postgres'],
  scenarios: ['lab', 'pet', 'ledger', 'postgres'],
  // Types and pure code only: what a page gets by value must not lead to Node (see reach.ts).
  web: ['pet', 'lab'],
  cli: ['postgres', 'http', 'ledger', 'pet', 'lab', 'scenarios', 'web', 'bench'],
  bench: ['postgres', 'http', 'ledger', 'pet', 'lab', 'scenarios', 'web', 'cli'],
}

export const rooms = Object.keys(mayKnow) as Room[]

/** Whose code decides without I/O, besides every aggregate that `pet rules` walks. */
export const domainFiles = [
  'pet/*/rules.ts',
  'pet/*/*-events.ts',
  'pet/*/*-commands.ts',
  'pet/*/*-state.ts',
  'pet/rules/aggregate.ts',
  'pet/rules/rule.ts',
]

/** Where every aggregate is imported, or `pet rules` would not know it. */
export const aggregatesAreListedIn = 'pet/rules-report.ts'

/** What code without I/O may use of Node and of npm; everything else counts as I/O. */
export const purePackages = ['zod', 'dinero.js', 'canonicalize', 'uuid', 'node:crypto', 'node:util']
