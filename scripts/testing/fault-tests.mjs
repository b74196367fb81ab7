// The fault suite: its tests, then the sum of what they did. A request without an outcome, or a socket, a timer or a stream id that was not
// given back, is a failure of the suite.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNodeTests } from './node-tests.mjs'
import { failed, sum } from './totals.mjs'

const COUNTS = ['faults', 'requests', 'acknowledged', 'failed', 'lost', 'left']

/** `files`: the compiled tests, as paths from the root. */
export async function runFaultTests(files, options) {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-faults-'))
  const ledger = join(folder, 'ledger.jsonl')
  try {
    const totals = await runNodeTests(files, { ...options, env: { CQLWIRE_FAULT_LEDGER: ledger } })
    const figures = addUp(ledger)
    console.log(inWords(totals.passed + totals.failed, figures))
    const problem = problemOf(figures)
    return problem === null ? totals : sum([totals, failed('packages/cqlwire/test/fault', problem)])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every test process leaves one line. */
export function addUp(ledger) {
  const figures = Object.fromEntries(COUNTS.map((name) => [name, 0]))
  for (const line of linesOf(ledger)) {
    const counts = JSON.parse(line)
    for (const name of COUNTS) figures[name] += counts[name]
  }
  return figures
}

function linesOf(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}

export function problemOf({ requests, acknowledged, failed: failures, lost, left }) {
  if (lost > 0) return `${lost} requests without an outcome`
  if (left > 0) return `${left} cases left something behind`
  const unaccounted = requests - acknowledged - failures
  return unaccounted === 0 ? null : `${unaccounted} requests are not accounted for`
}

const inWords = (cases, { faults, requests, acknowledged, failed: failures, lost, left }) =>
  `   ${cases} cases, ${faults} faults injected; ${requests} requests: ${acknowledged} acknowledged, ${failures} failed and told so, ` +
  `${lost} lost; ${left} cases left something behind`
