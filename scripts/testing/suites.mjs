// The suites of tests: where their files are, and how they run.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run, runTool } from '../processes.mjs'
import { everything, root } from '../setup.mjs'
import { runFaultTests } from './fault-tests.mjs'
import { runNodeTests } from './node-tests.mjs'
import { runChaosSuite } from './chaos-suite.mjs'
import { runStaticChecks } from './static-checks.mjs'
import { runOnCachedRuntimes, smokeFolders } from './other-runtimes.mjs'
import { failed, none } from './totals.mjs'
import { runTypeTests } from './type-tests.mjs'

const minute = 60_000
const typeTests = 'packages/cqlwire/test/types'

const driver = ['packages/cqlwire']

/**
 * In the order in which they run: the cheap ones first, those that need a Cassandra last. `projects`: what is built before;
 * `compiled`: the suite is compiled with the sources of the driver, apart from its build.
 */
export const suites = {
  checks: { projects: everything, run: runStaticChecks },
  unit: { folders: ['packages/cqlwire/test/unit', 'scripts/test'], compiled: true, limitMs: 2 * minute },
  fuzz: { folders: ['packages/cqlwire/test/fuzz'], compiled: true, limitMs: 4 * minute },
  // Where a runtime forbids generated code, closures must give the same.
  closures: {
    folders: ['packages/cqlwire/test/unit/codec', 'packages/cqlwire/test/fuzz'],
    ending: /(unit\/codec\/.*|(rows|values)\.fuzz)\.test\.ts$/,
    compiled: true,
    limitMs: 4 * minute,
    flags: ['--disallow-code-generation-from-strings'],
  },
  // Bun and Deno, where `npm run test:runtimes` has fetched them before.
  runtimes: { folders: smokeFolders, compiled: true, run: (files) => runOnCachedRuntimes(files.map(compiledFile)) },
  fault: { folders: ['packages/cqlwire/test/fault'], compiled: true, limitMs: 4 * minute, runCompiled: runFaultTests },
  tools: {
    folders: ['packages/cli/test', 'benchmarks/test', 'reliability/test'],
    projects: everything,
    cassandra: true,
    limitMs: 8 * minute,
  },
  types: { folders: [typeTests], ending: /\.test-d\.ts$/, projects: driver, run: (files) => runTypeTests(files, typeTests) },
  dist: { folders: ['packages/cqlwire/test/dist'], projects: driver, limitMs: 4 * minute },
  chaos: { projects: everything, run: runChaosSuite },
  integration: { folders: ['packages/cqlwire/test/integration'], projects: driver, compiled: true, cassandra: true, limitMs: 6 * minute },
  examples: { folders: ['examples'], ending: /\.(mjs|cjs)$/, projects: driver, cassandra: true, limitMs: 6 * minute, run: runExamples },
}

/** The test files of a suite, as paths from the root, whose path holds one of the filters. Undefined for what has no files. */
export function testFiles(name, filters) {
  const { folders, ending = /\.test\.(ts|mjs)$/ } = suites[name]
  if (folders === undefined) return undefined
  const all = folders.filter((folder) => existsSync(join(root, folder))).flatMap((folder) => filesIn(folder, ending))
  return filters.length === 0 ? all : all.filter((file) => filters.some((filter) => file.includes(filter)))
}

/** Runs one suite over the files whose path holds one of the filters. */
export async function runSuite(name, { filters, names }) {
  const suite = suites[name]
  const files = testFiles(name, filters)
  if (files === undefined) return suite.run()
  if (files.length === 0) return filters.length > 0 ? none : withoutFiles(suite)
  if (suite.run !== undefined) return suite.run(files, { ...suite, names })
  return (suite.runCompiled ?? runNodeTests)(files.map(compiledFile), { ...suite, names })
}

/** A suite whose folder is there and empty has lost its tests; one without a folder isn't written yet. */
function withoutFiles({ folders }) {
  const there = folders.filter((folder) => existsSync(join(root, folder)))
  if (there.length > 0) return failed(there.join(', '), 'the folder holds no test file')
  console.log('nothing here yet')
  return none
}

function filesIn(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => ending.test(file) && !/\/(build|node_modules)\//.test(file) && !file.endsWith('.d.ts'))
    .sort()
}

/** Tests in TypeScript of a package run from its folder `build`; the source names the file, so nothing stale runs. */
export const compiledFile = (file) => file.replace(/^(packages\/[^/]+)\/(.*)\.ts$/, '$1/build/$2.js')

/** Compiles the tests of the driver. They are emitted even where a type is wrong: then this is one failure among the rest. */
export async function compileTests() {
  const project = 'packages/cqlwire/tsconfig.test.json'
  const { code, output } = await runTool('typescript/bin/tsc', ['-p', project, '--pretty', 'false'], { capture: true })
  if (code === 0) return none
  console.log(output)
  return failed(project, 'the tests do not compile')
}

/** Examples are plain JavaScript, run as they stand. */
function runExamples(files, options) {
  return runNodeTests(['scripts/testing/examples.mjs'], { ...options, env: { CQLWIRE_EXAMPLES: JSON.stringify(files) } })
}

/** Runs these suites once more in a process of its own, with a Cassandra that they share. */
export async function runWithCassandra(args, env) {
  return run(process.execPath, ['scripts/with-cassandra.mjs', '--', process.execPath, 'scripts/test.mjs', ...args], { env })
}
