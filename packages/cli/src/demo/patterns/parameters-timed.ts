import type { Work } from '../work.js'

/** The parameters of every request, made when a helper takes them, which is when it sends; their times go to `sentAt`. */
export function* parametersTimed(work: Work, sentAt: Float64Array): Generator<unknown[]> {
  for (let index = 0; index < work.requests; index++) {
    work.signal.throwIfAborted()
    sentAt[index] = performance.now()
    yield work.params(index)
  }
}
