// `npm run test:runtimes`: the unit and the integration suite on every runtime, each installed on demand. Prints passed, failed and
// skipped for each; exit code 1 where something fails that scripts/testing/runtime-limits.mjs doesn't know.
//
//   node scripts/runtimes.mjs [--only=bun,deno] [--suite=unit,integration] [part of a file's path ...]
import { parseArgs } from 'node:util'
import { run } from './processes.mjs'
import { setUpOrExit } from './setup.mjs'
import { runNodeTests } from './testing/node-tests.mjs'
import { runOn } from './testing/other-runtimes.mjs'
import { installedProgram, runtimes, versionOf } from './testing/runtime-programs.mjs'
import { compiledFile, compileTests, suites, testFiles } from './testing/suites.mjs'
import { failed, inWords, sum } from './testing/totals.mjs'

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, suite: { type: 'string', default: 'unit,integration' } },
})
const names = values.only?.split(',') ?? Object.keys(runtimes)
const wanted = values.suite.split(',')
const wrong = [...names.filter((name) => !(name in runtimes)), ...wanted.filter((name) => !suites[name]?.compiled)]
if (wrong.length > 0) {
  console.error(`There is no ${wrong.join(', ')}. Runtimes: ${Object.keys(runtimes).join(', ')}; suites: unit, fuzz, fault, integration`)
  process.exit(2)
}

const withCassandra = wanted.some((name) => suites[name].cassandra)
const inner = process.env.CQLWIRE_TEST_CASSANDRA !== undefined
if (!inner) setUpOrExit({ cassandra: withCassandra, projects: ['packages/cqlwire'] })
if (withCassandra && !inner) {
  // Again, beside a Cassandra that all runtimes share.
  const { code } = await run(process.execPath, ['scripts/with-cassandra.mjs', '--', process.execPath, ...process.argv.slice(1)])
  process.exitCode = code
} else {
  process.exitCode = await runAll()
}

async function runAll() {
  const compiled = await compileTests()
  const rows = []
  for (const name of names) {
    const program = await installedProgram(runtimes[name])
    if (program === undefined) rows.push({ runtime: name, result: failed(name, 'could not be installed') })
    else {
      const version = await versionOf(program)
      for (const suite of wanted) rows.push({ runtime: `${name} (${version})`, suite, result: await runSuiteOn(name, program, suite) })
    }
  }
  const totals = sum([compiled, ...rows.map(({ result }) => result)])
  for (const { file, name } of totals.failures) console.log(`failed: ${file}: ${name}`)
  for (const { runtime, suite = '', result } of rows) console.log(`${runtime} ${suite}: ${inWords(result)}`)
  return totals.failed > 0 ? 1 : 0
}

async function runSuiteOn(name, program, suiteName) {
  console.log(`\n── ${suiteName} on ${name}`)
  const suite = suites[suiteName]
  const files = testFiles(suiteName, filters)
    .filter((file) => file.startsWith('packages/cqlwire/'))
    .map(compiledFile)
  if (files.length === 0) return failed(filters.join(', '), `no test file of ${suiteName} has that in its path`)
  return runtimes[name].kind === 'node' ? runNodeTests(files, { ...suite, program }) : runOn(name, program, files, suite)
}
