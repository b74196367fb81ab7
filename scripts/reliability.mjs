// `npm run chaos` and `npm run soak`: the set-up of a fresh clone, then the program of reliability/ with the arguments given.
import { run } from './processes.mjs'
import { setUpOrExit } from './setup.mjs'

const [program, ...args] = process.argv.slice(2)

setUpOrExit({ cassandra: true, projects: ['packages/cqlwire', 'reliability'] })
// The collector is called by hand, so that what is left in memory can be told from what nobody has collected yet.
const { code } = await run(process.execPath, ['--expose-gc', `reliability/dist/${program}.js`, ...args])
process.exitCode = code
