/** The worker's end of the line: answers, and signs of life. */
import type { MessagePort } from 'node:worker_threads'
import type { ResultSet } from '../session/result-set.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { takeMessage } from '../transfer/take-message.js'
import { Answer, BEAT_MS, Word } from './messages.js'
import { ResultWriter } from '../transfer/result-writer.js'
import { putValue } from '../transfer/value-writer.js'

export class Outbox {
  readonly #port: MessagePort
  readonly #shared: Int32Array
  readonly #results = new ResultWriter()
  readonly #writer = new ByteWriter(4_096)
  #keyspace: string | null = null
  /** Calls that were not answered yet. */
  #open = 0
  #beating: NodeJS.Timeout | null = null
  /** The session's keyspace now. */
  keyspaceOf: () => string | null = () => null

  constructor(port: MessagePort, shared: Int32Array) {
    this.#port = port
    this.#shared = shared
  }

  /** A call came: until it is answered, the worker shows that it lives. */
  begin(): void {
    this.#open++
    if (this.#beating !== null) return
    this.#beat()
    this.#beating = setInterval(() => this.#beat(), BEAT_MS)
  }

  #beat(): void {
    if (this.#open === 0 && this.#beating !== null) {
      clearInterval(this.#beating)
      this.#beating = null
    } else Atomics.add(this.#shared, Word.BEATS, 1)
  }

  result(id: number, result: ResultSet): void {
    try {
      this.#results.put(this.#start(Answer.RESULT, id), result)
    } catch (error) {
      return this.error(id, error)
    }
    this.#finish()
  }

  value(id: number, value: unknown): void {
    putValue(this.#start(Answer.VALUE, id), value)
    this.#finish()
  }

  error(id: number, error: unknown, kind: typeof Answer.ERROR | typeof Answer.FATAL = Answer.ERROR): void {
    putValue(this.#start(kind, id), asError(error))
    this.#finish()
  }

  /**
   * Some of a run's outcomes. They are written only now, since what is written refers to what was posted before.
   * `end`: there are no more; with the error that ended the run, or null.
   */
  outcomes(id: number, outcomes: readonly (ResultSet | Error)[], end: { readonly error: Error | null } | null): void {
    const writer = this.#start(Answer.OUTCOMES, id)
    writer.putUint8(end === null ? 0 : 1)
    if (end !== null) putValue(writer, end.error)
    writer.putInt32(outcomes.length)
    for (const outcome of outcomes) {
      writer.putUint8(outcome instanceof Error ? 0 : 1)
      if (outcome instanceof Error) putValue(writer, outcome)
      else this.#results.put(writer, outcome)
    }
    if (end === null) this.#post()
    else this.#finish()
  }

  /** Begins an answer. */
  #start(kind: number, id: number): ByteWriter {
    const writer = this.#writer
    writer.reset()
    writer.putUint8(kind)
    writer.putInt32(id)
    const keyspace = this.keyspaceOf()
    writer.putUint8(keyspace === this.#keyspace ? 0 : 1)
    if (keyspace !== this.#keyspace) putValue(writer, keyspace)
    this.#keyspace = keyspace
    return writer
  }

  /** The call is answered. */
  #finish(): void {
    this.#open--
    this.#post()
  }

  /** Hands the message over and wakes the caller. */
  #post(): void {
    const message = takeMessage(this.#writer)
    this.#port.postMessage(message, [message])
    Atomics.add(this.#shared, Word.ANSWERS, 1)
    Atomics.notify(this.#shared, Word.ANSWERS)
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
