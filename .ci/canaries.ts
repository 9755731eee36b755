import { mayKnow, type Room, rooms } from './rooms.ts'

export type Planted = { path: string; content: string }

/** A planted fault, see planted-house.ts; its step must find it, or the check is blind. */
export type Canary = Planted & {
  step: string
  /** What the finding must say. */
  expects: RegExp
  /** The file in which it is found, where that is another. @default path */
  foundIn?: string
}

/** What must *not* be found: a rule that forbids everything has its canaries singing too. */
export const permitted: Planted[] = rooms.flatMap((room) =>
  mayKnow[room].map((other) => ({
    path: `${room}/planted/may-know-${other}.ts`,
    content: `import type { Any } from '@pet/${other}/any'\nexport type It = Any\n`,
  })),
)

/** Where other canaries lead to. */
export const supports: Planted[] = [
  { path: 'postgres/pool.ts', content: `export { Pool as createPool } from 'pg'\n` },
  { path: 'pet/serve.ts', content: `export { createServer as startPet } from 'node:http'\n` },
  { path: 'pet/migrations/0001-quoting.sql', content: 'create schema quoting;\n' },
]

export const canaries: Canary[] = [
  ...typeCanaries(),
  ...lintCanaries(),
  ...rooms.flatMap(roomCanaries),
  ...formatCanaries(),
  ...unusedCanaries(),
  ...reachCanaries(),
]

function typeCanaries(): Canary[] {
  const wrong = `export const wrong: number = 'text'\n`
  return [
    ...rooms
      .filter((room) => room !== 'web')
      .map((room) => ({ step: 'types', path: `${room}/planted/wrong-type.ts`, content: wrong })),
    { step: 'types', path: 'http/planted/wrong-type.test.ts', content: wrong },
    { step: 'types', path: '.ci/planted-wrong-type.ts', content: wrong },
    { step: 'types of the web', path: 'web/planted/wrong-type.tsx', content: wrong },
    {
      step: 'types of the web',
      path: 'http/planted/wrong-type.web.test.ts',
      content: 'document.title = 7\n',
    },
    {
      step: 'types',
      path: 'http/planted/unchecked-index.ts',
      content: 'export const first = (list: string[]): string => list[0]\n',
    },
  ]
    .map((canary) => ({ ...canary, expects: /TS2322/ }))
    .concat([
      {
        step: 'types',
        path: 'http/planted/not-erasable.ts',
        content: 'export enum Colour { Red }\n',
        expects: /TS1294/,
      },
    ])
}

function lintCanaries(): Canary[] {
  const faults: Record<string, [content: string, expects: RegExp]> = {
    'floating-promise.ts': ['Promise.resolve(1)\n', /no-floating-promises/],
    'any.ts': ['export const anything = (one: any) => one\n', /no-explicit-any/],
    'loose-equality.ts': ['export const same = (a: string) => a == `b`\n', /eqeqeq/],
    'thrown-text.ts': [`export const fail = () => {\n  throw 'text'\n}\n`, /only-throw-error/],
    'missed-case.ts': [
      `export function say(one: 'a' | 'b'): void {\n  switch (one) {\n    case 'a':\n      return\n  }\n}\n`,
      /switch-exhaustiveness-check/,
    ],
    'bare-builtin.ts': [`import 'fs'\n`, /prefer-node-protocol/],
    'focused.test.ts': [
      `import { test } from 'vitest'\ntest.only('one', () => {})\n`,
      /no-focused-tests/,
    ],
    'focused.db.test.ts': [
      `import { test } from 'vitest'\ntest.skip('one', () => {})\n`,
      /no-disabled-tests/,
    ],
    'cycle-a.ts': [`import { b } from './cycle-b.ts'\nexport const a = () => b\n`, /no-cycle/],
    'cycle-b.ts': [`import { a } from './cycle-a.ts'\nexport const b = () => a\n`, /no-cycle/],
    'type-cycle-a.ts': [
      `import type { B } from './type-cycle-b.ts'\nexport type A = { b: B }\n`,
      /no-cycle/,
    ],
    'type-cycle-b.ts': [
      `import type { A } from './type-cycle-a.ts'\nexport type B = { a: A }\n`,
      /no-cycle/,
    ],
  }
  const common = Object.entries(faults).flatMap(([name, [content, expects]]) =>
    ['pet/planted', 'web/planted'].map((folder) => ({
      step: 'lint',
      path: `${folder}/${name}`,
      content,
      expects,
    })),
  )
  return [
    ...common,
    {
      step: 'lint',
      path: '.ci/planted-any.ts',
      content: 'export const anything = (one: any) => one\n',
      expects: /no-explicit-any/,
    },
    {
      step: 'lint',
      path: 'web/planted/hook.tsx',
      content: `import { useState } from 'react'\nexport function Page({ on }: { on: boolean }) {\n  if (on) useState(1)\n  return <p>{String(on)}</p>\n}\n`,
      expects: /rules-of-hooks/,
    },
    {
      step: 'lint',
      path: 'web/planted/picture.tsx',
      content: `export const Picture = () => <img src="a.png" />\n`,
      expects: /alt-text/,
    },
  ]
}

/** Every pair of rooms that must not know each other, and every way out by a path, in each class of file. */
function roomCanaries(room: Room): Canary[] {
  const strangers = rooms.filter((other) => other !== room && !mayKnow[room].includes(other))
  const suffixes = [
    '.ts',
    '.test.ts',
    '.db.test.ts',
    '.web.test.ts',
    ...(room === 'web' ? ['.tsx'] : []),
  ]
  const pairs = strangers.flatMap((other) =>
    suffixes.map((suffix) => ({
      step: 'lint',
      path: `${room}/planted/knows-${other}${suffix}`,
      content: `import type { Any } from '@pet/${other}/any'\nexport type It = Any\n`,
      expects: new RegExp(`${room} must not know ${other}`),
    })),
  )
  const escapes = ['', 'planted/', 'planted/deep/', 'planted/deep/deeper/', 'planted/a/b/c/'].map(
    (below, depth) => ({
      step: 'lint',
      path: `${room}/${below}planted-escape.ts`,
      content: `import '${'../'.repeat(depth + 1)}documents/any.ts'\n`,
      expects: new RegExp(`Leaves ${room} by a path`),
    }),
  )
  return [...pairs, ...escapes]
}

function formatCanaries(): Canary[] {
  const unformatted = {
    'planted.ts': 'export const a = "text";\n',
    'planted.tsx': 'export const A = () => <p   >x</p>;\n',
    'planted.test.ts': 'export const a = "text";\n',
    'planted.css': 'p{color:red}\n',
    'planted.json': '{"a":1,\n"b":2}\n',
    'planted.md': '* one\n* two\n',
    'planted.yaml': 'a:    1\n',
  }
  return Object.entries(unformatted).flatMap(([name, content]) =>
    ['web/planted/', '.ci/', ''].map((folder) => ({
      step: 'format',
      path: `${folder}unformatted-${name}`,
      content,
      expects: /not formatted/,
    })),
  )
}

function unusedCanaries(): Canary[] {
  return [
    {
      step: 'unused',
      path: 'http/planted/unused-file.ts',
      content: 'export const a = 1\n',
      expects: /files/,
    },
    {
      step: 'unused',
      path: '.ci/planted-unused.ts',
      content: 'export const a = 1\n',
      expects: /files/,
    },
    {
      step: 'unused',
      path: 'http/planted/uses.test.ts',
      content: `import { used } from './unused-export.ts'\nexport default used\n`,
      expects: /exports: unused/,
      foundIn: 'http/planted/unused-export.ts',
    },
    {
      step: 'unused',
      path: 'http/planted/unused-export.ts',
      content: `export const used = 1\nexport const unused = 2\nexport type Unused = 1\n`,
      expects: /types: Unused/,
    },
    {
      step: 'unused',
      path: 'http/planted/unlisted.test.ts',
      content: `import 'pg'\n`,
      expects: /unlisted: pg/,
    },
    {
      step: 'unused',
      path: 'bench/package.json',
      content: JSON.stringify({ name: '@pet/bench', dependencies: { 'left-pad': '1.3.0' } }),
      expects: /dependencies: left-pad/,
    },
  ]
}

function reachCanaries(): Canary[] {
  return [
    {
      path: 'pet/planted/rules.ts',
      content: `import { read } from './helper.ts'\nexport const rules = [read]\n`,
      expects: /decides.*helper\.ts → node:fs/,
    },
    {
      path: 'pet/planted/helper.ts',
      content: `export { readFileSync as read } from 'node:fs'\nexport * from './other.ts'\n`,
      expects: /export \*/,
    },
    {
      path: 'pet/planted/thing-state.ts',
      content: `import { createPool } from '@pet/postgres/pool'\nexport const state = createPool\n`,
      expects: /decides.*postgres\/pool\.ts → pg/,
    },
    {
      path: 'web/planted/page.tsx',
      content: `import { startPet } from '@pet/pet/serve'\nexport const Page = startPet\n`,
      expects: /runs in a browser.*pet\/serve\.ts/,
    },
    {
      path: 'http/planted/dynamic-a.ts',
      content: `export const a = () => import('./dynamic-b.ts')\n`,
      expects: /closes a cycle/,
      foundIn: 'http/planted/dynamic-b.ts',
    },
    {
      path: 'http/planted/dynamic-b.ts',
      content: `export const b = () => import('./dynamic-a.ts')\n`,
      expects: /closes a cycle/,
    },
    {
      path: 'pet/planted/foreign-table.ts',
      content: `export const sql = 'select * from quoting.quote_summary'\n`,
      expects: /touches quoting\.quote_summary/,
    },
    {
      path: 'pet/planted/log-table.ts',
      content: `export const sql = 'select * from ledger.event'\n`,
      expects: /touches ledger\.event/,
    },
    {
      path: 'pet/migrations/9999-planted.sql',
      content: `insert into quoting.quote_summary values (1);\n`,
      expects: /touches quoting\.quote_summary/,
    },
  ].map((canary) => ({ step: 'reach', ...canary }))
}
