/** One input, and whether what it did was in order: what it threw, how long it took, what it allocated. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { CqlwireError } from '../../../src/base/errors.js'
import type { FuzzTarget } from './target.js'

export type FailureKind = 'crash' | 'slow' | 'memory' | 'hang'

export interface Failure {
  readonly target: string
  readonly kind: FailureKind
  /** What went wrong, with the stack of what was thrown. */
  readonly message: string
  readonly input: Buffer
}

/** Milliseconds that no input needs: most take some microseconds. */
const SLOW_MS = 250
/** Bytes that any input may cost: a frame reader sets aside 1 MiB for a body that is said to be longer. */
const FREE_BYTES = 4 * 1024 * 1024
/** And for each of its own bytes. */
const BYTES_PER_BYTE = 1024

export class Judge {
  readonly #target: FuzzTarget
  readonly #collect: () => void

  constructor(target: FuzzTarget) {
    this.#target = target
    setFlagsFromString('--expose-gc')
    this.#collect = runInNewContext('gc') as () => void
  }

  /** What is wrong with how the target deals with the input, or null. */
  try(input: Buffer): Failure | null {
    const before = allocated()
    const started = performance.now()
    const thrown = this.#run(input)
    const ms = performance.now() - started
    if (thrown !== null) return this.#crash(input)
    if (ms > SLOW_MS && this.#isSlow(input)) return this.#failure('slow', input, `takes more than ${SLOW_MS} ms each time`)
    const bytes = allocated() - before
    return bytes > this.#allowance(input) ? this.#greed(input) : null
  }

  /** The error that is none of the driver's, or null. */
  #run(input: Buffer): unknown {
    try {
      this.#target.run(input)
      return null
    } catch (error) {
      return error instanceof CqlwireError ? null : (error ?? new Error('nothing was thrown, as an error'))
    }
  }

  /** Once more, with a stack: taking one for every refused input would double what each costs. */
  #crash(input: Buffer): Failure {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 30
    const again = this.#run(input)
    Error.stackTraceLimit = limit
    const message =
      again instanceof Error ? (again.stack ?? again.message) : 'something was thrown that is no Error, or was not thrown again'
    return this.#failure('crash', input, message)
  }

  /** Not the machine, which may be busy with others for long: it is the process's own time that counts. */
  #isSlow(input: Buffer): boolean {
    for (let i = 0; i < 3; i++) {
      const before = process.cpuUsage()
      this.#run(input)
      const { user, system } = process.cpuUsage(before)
      if ((user + system) / 1000 <= SLOW_MS) return false
    }
    return true
  }

  /** Not what other inputs left to be collected, nor code that was compiled at that moment. */
  #greed(input: Buffer): Failure | null {
    for (let i = 0; i < 3; i++) {
      this.#collect()
      const before = allocated()
      this.#run(input)
      const bytes = allocated() - before
      if (bytes <= this.#allowance(input)) return null
      if (i === 2) return this.#failure('memory', input, `allocates ${Math.round(bytes / 1024)} KiB for an input of ${input.length} bytes`)
    }
    return null
  }

  #allowance(input: Buffer): number {
    return (this.#target.freeBytes ?? FREE_BYTES) + input.length * BYTES_PER_BYTE
  }

  #failure(kind: FailureKind, input: Buffer, message: string): Failure {
    return { target: this.#target.name, kind, message, input: Buffer.from(input) }
  }
}

/** Bytes on the heap and in buffers beside it. */
function allocated(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}
