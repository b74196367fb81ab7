// `npm run bench`: the set-up of a fresh clone, then the comparison of benchmarks/ with the arguments given.
import { run } from './processes.mjs'
import { setUpOrExit } from './setup.mjs'

const args = process.argv.slice(2)
const line = args.join(' ')
const otherServer =
  args.some((arg) => /^--(contact-points|help)(=|$)/.test(arg) || arg === '-h') ||
  /--server[= ]fast/.test(line) ||
  (args.includes('routing') && !/--server[= ]embedded/.test(line))

setUpOrExit({ cassandra: !otherServer })
const { code } = await run(process.execPath, ['benchmarks/dist/main.js', ...args])
process.exitCode = code
