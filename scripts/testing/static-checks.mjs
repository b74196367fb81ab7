// What is checked without running anything: architecture, style, lint, what nobody uses, the public face.
import { run, runTool } from '../processes.mjs'
import { failed, passed, sum } from './totals.mjs'

const checks = [
  { name: 'house', start: () => node('scripts/check-house.mjs') },
  { name: 'lint', start: () => tool('eslint/bin/eslint.js', '.', '--max-warnings=0') },
  { name: 'format:check', start: () => tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.') },
  { name: 'knip', start: () => tool('knip/bin/knip.js', '--no-progress') },
  { name: 'api:check', start: () => node('scripts/api-report.mjs', '--check') },
]

const node = (...args) => run(process.execPath, args, { capture: true })
const tool = (script, ...args) => runTool(script, args, { capture: true })

/** Runs all checks, two at a time; what a failing one wrote is shown whole. */
export async function runStaticChecks() {
  const waiting = [...checks]
  const results = []
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) results.push(await runCheck(check))
  }
  await Promise.all([worker(), worker()])
  return sum(results)
}

async function runCheck({ name, start }) {
  const started = Date.now()
  const { code, output } = await start()
  const took = `(${((Date.now() - started) / 1000).toFixed(1)} s)`
  if (code === 0) {
    console.log(`✔ ${name} ${took}`)
    return passed()
  }
  console.log(`\n✖ ${name} ${took}: npm run ${name}\n${output.replace(/^(?=.)/gm, '    ')}`)
  return failed(`npm run ${name}`, 'what it found is above')
}
