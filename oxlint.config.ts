import { defineConfig, type OxlintOverride } from 'oxlint'
import { mayKnow, type Room, rooms } from './.ci/rooms.ts'

/**
 * Made from the table of rooms. An override *replaces* a rule's options, so the limits on a file's imports
 * stand complete in one place: one override for each room and depth. No look-ahead in a pattern: oxlint takes
 * it and matches nothing. `npm run check` plants a canary for every one of these.
 */
export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'vitest', 'react', 'jsx-a11y'],
  categories: { correctness: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['**/dist/**'],
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: false }],
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true },
    ],
    'unicorn/prefer-node-protocol': 'error',
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    // Matters of taste, or of a compiler that is not in use.
    'unicorn/no-useless-spread': 'off',
    'import/namespace': 'off',
    'jsx-a11y/prefer-tag-over-role': 'off',
    'react/purity': 'off',
    'react/refs': 'off',
    'react/rules-of-hooks': 'off',
    'typescript/unbound-method': 'off',
    'typescript/require-array-sort-compare': 'off',
    'vitest/expect-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/require-to-throw-message': 'off',
    'vitest/valid-expect': 'off',
  },
  overrides: [
    { files: ['web/**'], rules: { 'react/rules-of-hooks': 'error' } },
    // The router's own way to leave a page is to throw what is no error.
    { files: ['web/router.tsx'], rules: { 'typescript/only-throw-error': 'off' } },
    ...rooms.flatMap(importLimitsOf),
  ],
})

/** A file d folders below its room may climb d of them; deeper than three counts as three. */
function importLimitsOf(room: Room): OxlintOverride[] {
  return ['*', '*/*', '*/*/*', '*/*/*/**'].map((below, depth) => ({
    files: [`${room}/${below}`],
    rules: { 'no-restricted-imports': ['error', { patterns: importLimits(room, depth) }] },
  }))
}

function importLimits(room: Room, depth: number) {
  const strangers = rooms.filter((other) => other !== room && !mayKnow[room].includes(other))
  return [
    ...strangers.map((other) => ({
      regex: `^@pet/${other}(/|$)`,
      message: `${room} must not know ${other} (.ci/rooms.ts)`,
    })),
    {
      regex: String.raw`^(\.\./){${depth + 1}}`,
      message: `Leaves ${room} by a path: import from another room by its name`,
    },
  ]
}
