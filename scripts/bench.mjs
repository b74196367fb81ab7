// `npm run bench`: the set-up of a fresh clone, then the comparison of benchmarks/ with the arguments given.
import { run } from './processes.mjs'
import { setUpOrExit } from './setup.mjs'

const args = process.argv.slice(2)

setUpOrExit({ cassandra: /--server[= ]embedded/.test(args.join(' ')) })
const { code } = await run(process.execPath, ['benchmarks/dist/main.js', ...args])
process.exitCode = code
