import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pattern, Work } from '../work.js'

/** Calls between two turns of the event loop: without them neither Ctrl-C nor the progress line would get through. */
const callsPerTurn = 200

/** Blocks the thread until the result is there: for scripts, migrations and the REPL. */
export const blocking: Pattern = {
  name: 'blocking',
  title: 'blocking, one by one',
  sequential: true,
  code: `for (const params of all) {
  const result = blocking.execute(cql, params)
}`,
  async run(work: Work): Promise<void> {
    const session = work.blocking()
    for (let index = 0; index < work.requests; index++) {
      if (index % callsPerTurn === 0) await nextTurn()
      work.signal.throwIfAborted()
      const sentAt = performance.now()
      work.done(index, session.execute(work.cql, work.params(index)), sentAt)
    }
  },
}
