import type { ResponseFuture } from 'cqlwire'
import type { Pattern, Work } from '../work.js'

/** Sends a batch of requests, then collects their results: easy to reason about, idle while the slowest of a batch is waited for. */
export const futures: Pattern = {
  name: 'futures',
  title: 'futures, in batches',
  sequential: false,
  code: `for (const batch of batches) {
  const futures = batch.map((params) => session.executeAsync(prepared, params))
  for (const future of futures) {
    const result = await future.result()
  }
}`,
  async run(work: Work): Promise<void> {
    for (let first = 0; first < work.requests; first += work.concurrency) {
      work.signal.throwIfAborted()
      await batch(work, first, Math.min(first + work.concurrency, work.requests))
    }
  },
}

async function batch(work: Work, first: number, end: number): Promise<void> {
  const sent: ResponseFuture[] = []
  const sentAt: number[] = []
  for (let index = first; index < end; index++) {
    sentAt.push(performance.now())
    sent.push(work.session.executeAsync(work.statement, work.params(index)))
  }
  for (const [offset, future] of sent.entries()) work.done(first + offset, await future.result(), sentAt[offset]!)
}
