/** An event emitter whose events and arguments are typed, and whose listeners can't break it. */

/** Event name → arguments of its listeners. */
export type EventMap<E> = { [K in keyof E]: unknown[] }

type Listener<A extends unknown[]> = (...args: A) => unknown

interface Entry {
  readonly listener: Listener<never>
  readonly once: boolean
}

/**
 * A listener that throws, or whose promise rejects, harms neither the emitter nor other listeners:
 * the error goes to `onListenerError`, by default a process warning.
 */
export class TypedEmitter<E extends EventMap<E>> {
  // Lists are replaced, never changed, so that a listener may add and remove listeners while it is called.
  readonly #entries = new Map<keyof E, readonly Entry[]>()
  onListenerError: (error: unknown, event: string) => void = warnOfListener

  on<K extends keyof E>(event: K, listener: Listener<E[K]>): this {
    return this.#add(event, { listener, once: false })
  }

  once<K extends keyof E>(event: K, listener: Listener<E[K]>): this {
    return this.#add(event, { listener, once: true })
  }

  /** Removes a listener, the latest one where it was added several times. */
  off<K extends keyof E>(event: K, listener: Listener<E[K]>): this {
    const entries = this.#entries.get(event)
    if (entries === undefined) return this
    const index = entries.findLastIndex((entry) => entry.listener === (listener as unknown))
    if (index >= 0) this.#set(event, entries.toSpliced(index, 1))
    return this
  }

  listenerCount(event: keyof E): number {
    return this.#entries.get(event)?.length ?? 0
  }

  removeAllListeners(): void {
    this.#entries.clear()
  }

  /** Calls the listeners that are there now, in their order. True where there was one. */
  emit<K extends keyof E>(event: K, ...args: E[K]): boolean {
    const entries = this.#entries.get(event)
    if (entries === undefined) return false
    for (const entry of entries) {
      if (entry.once && !this.#drop(event, entry)) continue
      this.#call(entry, event, args)
    }
    return true
  }

  #call(entry: Entry, event: keyof E, args: unknown[]): void {
    try {
      const result: unknown = (entry.listener as Listener<unknown[]>)(...args)
      if (result instanceof Promise) result.catch((error: unknown) => this.onListenerError(error, String(event)))
    } catch (error) {
      this.onListenerError(error, String(event))
    }
  }

  #add(event: keyof E, entry: Entry): this {
    this.#set(event, [...(this.#entries.get(event) ?? []), entry])
    return this
  }

  /** False where the entry is gone already: a `once` listener whose event came again from within a listener. */
  #drop(event: keyof E, entry: Entry): boolean {
    const entries = this.#entries.get(event) ?? []
    if (!entries.includes(entry)) return false
    this.#set(
      event,
      entries.filter((other) => other !== entry),
    )
    return true
  }

  #set(event: keyof E, entries: readonly Entry[]): void {
    if (entries.length === 0) this.#entries.delete(event)
    else this.#entries.set(event, entries)
  }
}

function warnOfListener(error: unknown, event: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.emitWarning(`A listener for '${event}' failed; the driver goes on without it. ${text}`, 'CqlwireWarning')
}
