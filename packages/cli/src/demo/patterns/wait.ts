import type { Pattern, Work } from '../work.js'

/** Waits for each result before the next request is sent: the simplest, and bound by the latency of one request. */
export const wait: Pattern = {
  name: 'wait',
  title: 'wait, one by one',
  sequential: true,
  code: `for (const params of all) {
  const result = await session.execute(prepared, params)
}`,
  async run(work: Work): Promise<void> {
    for (let index = 0; index < work.requests; index++) {
      work.signal.throwIfAborted()
      const sentAt = performance.now()
      work.done(index, await work.session.execute(work.statement, work.params(index)), sentAt)
    }
  },
}
