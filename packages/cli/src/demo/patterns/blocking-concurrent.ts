import { setImmediate as nextTurn } from 'node:timers/promises'
import { parametersTimed } from './parameters-timed.js'
import type { Pattern, Work } from '../work.js'

/** Results between two turns of the event loop: without them neither Ctrl-C nor the progress line would get through. */
const resultsPerTurn = 1_000

/** Blocks the thread for each result, while many requests are in flight behind it. */
export const blockingConcurrent: Pattern = {
  name: 'blocking_concurrent',
  title: 'blocking, concurrent',
  sequential: false,
  code: `const options = { concurrency, resultsGenerator: true }
for (const { index, result } of blocking.executeConcurrentWithArgs(cql, allParams, options)) {
}`,
  async run(work: Work): Promise<void> {
    const sentAt = new Float64Array(work.requests)
    const results = work.blocking().executeConcurrentWithArgs(work.cql, parametersTimed(work, sentAt), {
      concurrency: work.concurrency,
      resultsGenerator: true,
      raiseOnFirstError: true,
    })
    for (const answer of results) {
      if (!answer.success) throw answer.error
      work.done(answer.index, answer.result, sentAt[answer.index]!)
      if (answer.index % resultsPerTurn === 0) await nextTurn()
    }
  },
}
