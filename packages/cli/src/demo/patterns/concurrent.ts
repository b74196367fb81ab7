import { executeConcurrentWithArgs } from 'cqlwire'
import { parametersTimed } from './parameters-timed.js'
import type { Pattern, Work } from '../work.js'

/** The helper keeps the pipeline full, takes parameters as it needs them, and hands the results out in order. */
export const concurrent: Pattern = {
  name: 'concurrent',
  title: 'executeConcurrentWithArgs',
  sequential: false,
  code: `const options = { concurrency, resultsGenerator: true }
for await (const { index, result } of executeConcurrentWithArgs(session, prepared, allParams, options)) {
}`,
  async run(work: Work): Promise<void> {
    const sentAt = new Float64Array(work.requests)
    const results = executeConcurrentWithArgs(work.session, work.statement, parametersTimed(work, sentAt), {
      concurrency: work.concurrency,
      resultsGenerator: true,
      raiseOnFirstError: true,
    })
    for await (const answer of results) {
      if (!answer.success) throw answer.error
      work.done(answer.index, answer.result, sentAt[answer.index]!)
    }
  },
}
