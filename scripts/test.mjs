// `npm test`: the set-up of a fresh clone, then every suite. Ends with one line `N passed, N failed, N skipped` over all of
// them, and exit code 0 only where nothing failed.
//
//   node scripts/test.mjs [--suite=unit,fuzz] [--names=<pattern>] [part of a file's path ...]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { everything, root, setUpOrExit } from './setup.mjs'
import { compileTests, runSuite, runWithCassandra, suites, testFiles } from './testing/suites.mjs'
import { failed, inWords, sum } from './testing/totals.mjs'

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { suite: { type: 'string' }, names: { type: 'string', short: 't' } },
})

const chosen = suitesOf(values.suite)
// Set where this process was started by another of its kind, beside the Cassandra that the latter wanted: the sums go there.
const outerTotals = process.env.CQLWIRE_TEST_TOTALS

if (outerTotals === undefined) {
  const wanted = new Set(chosen.flatMap((name) => suites[name].projects ?? []))
  setUpOrExit({ cassandra: chosen.some((name) => suites[name].cassandra), projects: everything.filter((project) => wanted.has(project)) })
}

const totals = await runAll()

if (outerTotals !== undefined) {
  writeFileSync(outerTotals, JSON.stringify(totals))
} else {
  for (const { file, name } of totals.failures) console.log(`failed: ${relative(root, resolve(root, file))}: ${name}`)
  console.log(inWords(totals))
}
process.exitCode = totals.failed > 0 ? 1 : 0

function suitesOf(text) {
  // A filter is for tests: what checks the whole tree, or runs as a whole, has no part of that name.
  const names =
    text === undefined ? Object.keys(suites).filter((name) => 'folders' in suites[name] || filters.length === 0) : text.split(',')
  const unknown = names.filter((name) => !(name in suites))
  if (unknown.length === 0) return names
  console.error(`There is no suite ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}.`)
  process.exit(2)
}

async function runAll() {
  const apart = process.env.CQLWIRE_TEST_CASSANDRA === undefined ? chosen.filter(needsCassandra) : []
  const here = chosen.filter((name) => !apart.includes(name))
  const results = []
  if (here.includes('checks')) results.push(await shown('checks'))
  if (outerTotals === undefined && chosen.some((name) => suites[name].compiled)) results.push(await compileTests())
  for (const name of here) if (name !== 'checks') results.push(await shown(name))
  if (apart.length > 0) results.push(await besideCassandra(apart))

  const totals = sum(results)
  const nothingRan = totals.passed + totals.failed + totals.skipped === 0
  return nothingRan && outerTotals === undefined ? failed(chosen.join(', '), nothingMatches()) : totals
}

/** A node takes its time to start, so none is started for a suite that has nothing to run. */
function needsCassandra(name) {
  return suites[name].cassandra && testFiles(name, filters).length > 0
}

function nothingMatches() {
  return filters.length > 0 ? `no test file has ${filters.join(' or ')} in its path` : 'there is no test file'
}

async function shown(name) {
  const started = Date.now()
  console.log(`\n── ${name}`)
  const result = await runSuite(name, { filters, names: values.names })
  console.log(`   ${name}: ${inWords(result)} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return result
}

/** One Cassandra for all suites that need one: they run in a second process that finds it in CQLWIRE_TEST_CASSANDRA. */
async function besideCassandra(names) {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-totals-'))
  const file = join(folder, 'totals.json')
  try {
    const pattern = values.names === undefined ? [] : [`--names=${values.names}`]
    const { code } = await runWithCassandra([`--suite=${names.join(',')}`, ...pattern, ...filters], { CQLWIRE_TEST_TOTALS: file })
    const totals = readTotals(file)
    if (totals === undefined)
      return failed(names.join(', '), `no Cassandra to test with: scripts/with-cassandra.mjs ended with exit code ${code}`)
    return code !== 0 && totals.failed === 0 ? sum([totals, failed(names.join(', '), `ended with exit code ${code}`)]) : totals
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readTotals(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
