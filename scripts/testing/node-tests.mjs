// Runs test files with Node's own test runner and brings back the counts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../processes.mjs'

/**
 * `files` are paths from the root. `limitMs` bounds one file: past it the file fails instead of hanging the run.
 * With `names` (a regular expression) only tests of that name run, and each is shown. `program` is another Node than this one, `flags` are its.
 */
export async function runNodeTests(files, { limitMs = 120_000, concurrency = 2, names, env, program = process.execPath, flags = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-test-'))
  const countsFile = join(folder, 'counts.json')
  try {
    const { code } = await run(
      program,
      [
        ...flags,
        '--enable-source-maps',
        '--test',
        `--test-concurrency=${concurrency}`,
        `--test-timeout=${limitMs}`,
        ...(names === undefined ? [] : [`--test-name-pattern=${names}`]),
        `--test-reporter=${names === undefined ? './scripts/testing/file-reporter.mjs' : 'spec'}`,
        '--test-reporter-destination=stdout',
        '--test-reporter=./scripts/testing/count-reporter.mjs',
        `--test-reporter-destination=${countsFile}`,
        ...files,
      ],
      { env },
    )
    return checked(code, countsFile)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The counts, with one failure more where the runner failed though no test did (or never came to write them). */
function checked(code, countsFile) {
  let totals = { passed: 0, failed: 0, skipped: 0, failures: [] }
  try {
    totals = JSON.parse(readFileSync(countsFile, 'utf8'))
  } catch {
    // The runner ended before its reporters did; its exit code says so below.
  }
  const silent = code === 0 ? totals.passed + totals.failed + totals.skipped === 0 : totals.failed === 0
  if (!silent) return totals
  const name = code === 0 ? 'no test ran' : `the test runner ended with exit code ${code}`
  return { ...totals, failed: totals.failed + 1, failures: [...totals.failures, { name, file: 'node --test' }] }
}
