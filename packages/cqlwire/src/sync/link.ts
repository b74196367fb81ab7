/**
 * The calling thread's end of the line to its worker: calls go out at once, and to wait is to sleep until the worker has said something.
 *
 * While this thread sleeps it hears no events, so it can't be told that the worker died. It looks up at short intervals instead: a worker that
 * works shows that it lives (`Word.BEATS`), one that ends says so (`Word.GONE`). Nobody waits for ever.
 */
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads'
import { CqlwireError } from '../base/errors.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { AnswerReader, Reply } from './answer-reader.js'
import { takeMessage } from '../transfer/take-message.js'
import { BEAT_MS, Word } from './messages.js'

/** Looks in a row without a sign of life after which the worker counts as dead: while it starts, and later. Looks, not milliseconds, so that a process that was suspended for a while doesn't count them. */
export interface Patience {
  readonly starting: number
  readonly working: number
}

const DEFAULT_PATIENCE: Patience = { starting: 600, working: 150 }

export class Link {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #shared: Int32Array
  readonly #answers: AnswerReader
  readonly #patience: Patience
  /** Answers that came while another one was waited for. */
  readonly #arrived = new Map<number, Reply[]>()
  /** Calls whose answers nobody wants. */
  readonly #abandoned = new Set<number>()
  /** Makes the error that says why no more calls can be made. */
  #end: (() => Error) | null = null

  constructor(worker: Worker, port: MessagePort, shared: Int32Array, answers: AnswerReader, patience: Patience = DEFAULT_PATIENCE) {
    this.#worker = worker
    this.#port = port
    this.#shared = shared
    this.#answers = answers
    this.#patience = patience
    // Heard of only between calls, when the thread's event loop runs.
    worker.on('error', (error) => this.close(() => died(error)))
    worker.on('exit', () => this.close(() => died(undefined)))
    worker.unref()
  }

  /** Sends what was written; throws why that can't be done. */
  send(writer: ByteWriter): void {
    if (this.#end !== null) {
      writer.reset()
      throw this.#end()
    }
    const message = takeMessage(writer)
    this.#port.postMessage(message, [message])
  }

  /** Sleeps until there is an answer to the call. */
  wait(id: number): Reply {
    const early = this.#arrived.get(id)
    if (early !== undefined) {
      const reply = early.shift()!
      if (early.length === 0) this.#arrived.delete(id)
      return reply
    }
    for (;;) {
      const reply = this.#receive()
      if (reply.id === id) return reply
      this.#keep(reply)
    }
  }

  /** The answers to the call that are yet to come are dropped. */
  abandon(id: number): void {
    const arrived = this.#arrived.get(id)
    this.#arrived.delete(id)
    if (arrived === undefined || !arrived.at(-1)!.isLast) this.#abandoned.add(id)
  }

  /** Ends the worker; later calls fail with the error that `reason` makes. The first reason stays. */
  close(reason: () => Error): void {
    if (this.#end !== null) return
    this.#end = reason
    this.#port.close()
    void this.#worker.terminate()
  }

  #keep(reply: Reply): void {
    if (this.#abandoned.has(reply.id)) {
      if (reply.isLast) this.#abandoned.delete(reply.id)
      return
    }
    const arrived = this.#arrived.get(reply.id)
    if (arrived === undefined) this.#arrived.set(reply.id, [reply])
    else arrived.push(reply)
  }

  #receive(): Reply {
    if (this.#end !== null) throw this.#end()
    let beats = Atomics.load(this.#shared, Word.BEATS)
    let silentLooks = 0
    for (;;) {
      // Both are read before the port is looked at: what is said after that wakes the wait below, or is found at the next look.
      const isGone = Atomics.load(this.#shared, Word.GONE) !== 0
      const answers = Atomics.load(this.#shared, Word.ANSWERS)
      const received = receiveMessageOnPort(this.#port) as { readonly message: ArrayBuffer } | undefined
      if (received !== undefined) return this.#read(received.message)
      if (isGone) this.#fail(undefined)
      if (Atomics.wait(this.#shared, Word.ANSWERS, answers, BEAT_MS) !== 'timed-out') continue
      const now = Atomics.load(this.#shared, Word.BEATS)
      silentLooks = now === beats ? silentLooks + 1 : 0
      beats = now
      if (silentLooks > (now === 0 ? this.#patience.starting : this.#patience.working)) this.#fail(undefined)
    }
  }

  #read(message: ArrayBuffer): Reply {
    const reply = this.#answers.read(message)
    if (reply.kind === 'fatal') this.#fail(reply.error)
    return reply
  }

  #fail(cause: Error | undefined): never {
    this.close(() => died(cause))
    throw this.#end!()
  }
}

function died(cause: Error | undefined): CqlwireError {
  const why = cause === undefined ? '' : `: ${cause.message}`
  return new CqlwireError(
    `The worker thread of the BlockingSession ended or answers no more${why}. Requests that it was working on may have been carried out. ` +
      'Connect a new one with BlockingSession.connect()',
    { code: 'ERR_WORKER_DIED', cause },
  )
}
