// One minute of `npm run chaos`, as a test: passed where nothing was lost and nothing left. The seed that it prints repeats its faults.
import { run } from '../processes.mjs'
import { failed, passed } from './totals.mjs'

const program = 'reliability/dist/chaos.js'

export async function runChaosSuite() {
  const { code } = await run(process.execPath, ['--expose-gc', program, '--minutes', '1'])
  return code === 0 ? passed() : failed(program, `ended with exit code ${code}: what was lost or left is above`)
}
