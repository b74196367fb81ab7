// `npm run fuzz`: the set-up of a fresh clone, then the fuzzer of packages/cqlwire/test/fuzz/guided with the arguments given.
import { run } from './processes.mjs'
import { setUpOrExit } from './setup.mjs'
import { compileTests } from './testing/suites.mjs'

setUpOrExit({ projects: [] })
const { failed } = await compileTests()
const { code } =
  failed > 0
    ? { code: 1 }
    : await run(process.execPath, ['--enable-source-maps', 'packages/cqlwire/build/test/fuzz/guided/main.js', ...process.argv.slice(2)])
process.exitCode = code
