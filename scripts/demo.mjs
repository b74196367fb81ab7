// `npm run demo`: the set-up of a fresh clone, then the demo command of packages/cli with the arguments given.
import { run } from './processes.mjs'
import { setUpOrExit } from './setup.mjs'

const args = process.argv.slice(2)
const otherCassandra = args.some((arg) => /^--(contact-points|help)(=|$)/.test(arg) || arg === '-h')

setUpOrExit({ cassandra: !otherCassandra, projects: ['packages/cqlwire', 'packages/cli'] })
const { code } = await run(process.execPath, ['packages/cli/dist/main.js', 'demo', ...args])
process.exitCode = code
