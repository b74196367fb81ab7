/** Runs a task once for many reasons that come together. */

/** A task never runs twice at the same time; reasons that come while it runs make it run once more. */
export class Debouncer {
  readonly #delayMs: number
  readonly #task: () => Promise<void>
  readonly #onError: (error: Error) => void
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null
  /** The run that comes after the present one. */
  #next: Promise<void> | null = null
  #closed = false

  /** @param onError told of a failure that nobody waits for */
  constructor(delayMs: number, task: () => Promise<void>, onError: (error: Error) => void) {
    this.#delayMs = delayMs
    this.#task = task
    this.#onError = onError
  }

  /** Has the task run after the delay; the first reason sets the time, so that a stream of them can't put it off for ever. */
  trigger(): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.flush().catch((error: unknown) => this.#onError(error as Error))
    }, this.#delayMs)
    this.#timer.unref()
  }

  /** Runs the task now. Resolves when a run that began after this call is over; rejects as it does. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#closed) return Promise.resolve()
    if (this.#running === null) return this.#run()
    const again = (): Promise<void> => {
      this.#next = null
      return this.#closed ? Promise.resolve() : this.#run()
    }
    return (this.#next ??= this.#running.then(again, again))
  }

  /** Nothing runs any more that hasn't begun. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #run(): Promise<void> {
    const running = this.#task().finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }
}
