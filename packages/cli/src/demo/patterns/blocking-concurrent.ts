import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pattern, Work } from '../work.js'

/** Requests of one call: enough to keep the pipeline full, few enough to show progress. */
const requestsPerCall = 2_000

/** Blocks the thread while many requests are in flight behind it. */
export const blockingConcurrent: Pattern = {
  name: 'blocking_concurrent',
  title: 'blocking, concurrent',
  sequential: false,
  code: `const results = blocking.executeConcurrentWithArgs(cql, allParams, { concurrency })`,
  async run(work: Work): Promise<void> {
    const session = work.blocking()
    for (let first = 0; first < work.requests; first += requestsPerCall) {
      await nextTurn()
      work.signal.throwIfAborted()
      const count = Math.min(requestsPerCall, work.requests - first)
      const parameters = Array.from({ length: count }, (_, offset) => work.params(first + offset))
      const answers = session.executeConcurrentWithArgs(work.cql, parameters, { concurrency: work.concurrency })
      const results = answers.map((answer) => {
        if (!answer.success) throw answer.error
        return answer.result
      })
      work.doneTogether(first, results)
    }
  },
}
