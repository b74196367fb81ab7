// Lint with types. What the compiler already forbids (enum, unused locals, missing overrides) isn't repeated here;
// what needs the whole tree (layers, cycles, file sizes) is in scripts/check-house.mjs.
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import { builtinModules } from 'node:module'
import tseslint from 'typescript-eslint'

const promisesOfTheTestRunner = ['test', 'describe', 'it', 'suite'].map((name) => ({ from: 'package', package: 'node:test', name }))

const unprefixed = builtinModules.filter((name) => !name.startsWith('_') && !name.startsWith('node:'))

const everywhere = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-var': 'error',
  'prefer-const': ['error', { destructuring: 'all' }],
  'object-shorthand': 'error',
  'no-restricted-imports': ['error', { paths: unprefixed.map((name) => ({ name, message: `Write 'node:${name}'.` })) }],
}

const typed = {
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: promisesOfTheTestRunner }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/no-unnecessary-type-arguments': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true },
  ],
  // With noUncheckedIndexedAccess the `!` after an index that was just checked costs nothing, a test at run time does.
  '@typescript-eslint/no-non-null-assertion': 'off',
  // An interface may promise what one of its implementations does at once.
  '@typescript-eslint/require-await': 'off',
}

const nodeGlobals = [
  'AbortController',
  'AbortSignal',
  'Buffer',
  'URL',
  'clearTimeout',
  'console',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setTimeout',
]
const browserGlobals = ['addEventListener', 'document', 'getComputedStyle', 'matchMedia', 'window']
const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']))

export default defineConfig(
  globalIgnores(['**/dist/', 'packages/cqlwire/assembly/', '!packages/cqlwire/test/dist/', '**/build/', 'coverage/']),
  js.configs.recommended,
  { rules: everywhere, linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          'packages/cqlwire/tsconfig.test.json',
          'packages/cqlwire/test/types/tsconfig.json',
          'packages/cli/tsconfig.json',
          'benchmarks/tsconfig.json',
          'reliability/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: typed,
  },
  {
    // The driver says nothing by itself (it publishes to diagnostics_channel), and its functions stay within what a reader can hold.
    files: ['packages/cqlwire/src/**/*.ts'],
    rules: { 'no-console': 'error', 'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }] },
  },
  {
    // The cells of an untyped row are `any`. Tests hand over what the types forbid, on purpose, and look into answers of JSON.
    files: ['packages/*/test/**/*.ts', 'packages/cli/**/*.ts', 'benchmarks/**/*.ts', 'reliability/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // A type test is read by the compiler alone: values that nobody uses, promises that nobody awaits.
    files: ['packages/cqlwire/test/types/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: readonly(nodeGlobals) },
  },
  {
    // What a page of the report runs in a browser.
    files: ['packages/cli/assets/**/*.js'],
    languageOptions: { sourceType: 'script', globals: readonly(browserGlobals) },
  },
)
