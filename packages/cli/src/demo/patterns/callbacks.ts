import type { ResultSet } from 'cqlwire'
import type { Pattern, Work } from '../work.js'

/** Every answer sends the next request, so that the pipeline is always full: the model of the Python driver's Performance Notes. */
export const callbacks: Pattern = {
  name: 'callbacks',
  title: 'callbacks, full pipeline',
  sequential: false,
  code: `function sendNext() {
  const future = session.executeAsync(prepared, nextParams())
  future.addCallbacks({ callback: (result) => sendNext(), errback: fail })
}
for (let i = 0; i < concurrency; i++) sendNext()`,
  run(work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      new Pipeline(work, resolve, reject).fill()
    })
  },
}

class Pipeline {
  readonly #work: Work
  readonly #resolve: () => void
  readonly #reject: (reason: unknown) => void
  #sent = 0
  #answered = 0
  #failed = false

  constructor(work: Work, resolve: () => void, reject: (reason: unknown) => void) {
    this.#work = work
    this.#resolve = resolve
    this.#reject = reject
  }

  fill(): void {
    if (this.#work.requests === 0) this.#resolve()
    const first = Math.min(this.#work.concurrency, this.#work.requests)
    for (let count = 0; count < first; count++) this.#sendNext()
  }

  #sendNext(): void {
    const { session, statement, signal } = this.#work
    if (signal.aborted) return this.#fail(signal.reason)
    const index = this.#sent++
    const sentAt = performance.now()
    session.executeAsync(statement, this.#work.params(index)).addCallbacks({
      callback: this.#answer,
      errback: this.#fail,
      callbackArgs: [index, sentAt],
    })
  }

  readonly #answer = (result: ResultSet, index: number, sentAt: number): void => {
    if (this.#failed) return
    try {
      this.#work.done(index, result, sentAt)
    } catch (error) {
      return this.#fail(error) // what a callback throws, nobody hears
    }
    if (++this.#answered === this.#work.requests) this.#resolve()
    else if (this.#sent < this.#work.requests) this.#sendNext()
  }

  readonly #fail = (error: unknown): void => {
    this.#failed = true
    this.#reject(error)
  }
}
