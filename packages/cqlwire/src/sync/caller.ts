/** The calling thread's half of a BlockingSession: writes calls, waits for answers, keeps what statements are called in the worker. */
import { CqlwireError, SharedSessionError } from '../base/errors.js'
import { compileBind } from '../codec/bind.js'
import type { CodecRegistry } from '../codec/codec.js'
import { PreparedStatement } from '../session/prepared-statement.js'
import type { Profiles } from '../session/profiles.js'
import { ResultShape } from '../session/result-shape.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { AnswerReader, Reply } from './answer-reader.js'
import type { Origin } from '../transfer/origin.js'
import { withCallerStack } from '../transfer/error-transfer.js'
import type { Link } from './link.js'
import { Call, FIRST_ID } from './messages.js'
import type { ArrivedResult } from '../transfer/result-reader.js'
import type { PreparedParts } from './serve.js'
import { putStatement } from '../transfer/statement-transfer.js'
import { putValue } from '../transfer/value-writer.js'

/** The public function that was called: stacks of errors begin with whoever called it. */
export type Entry = (...args: never[]) => unknown

export class Caller {
  readonly profiles: Profiles
  readonly protocolVersion: number
  readonly #link: Link
  readonly #answers: AnswerReader
  readonly #registry: CodecRegistry
  readonly #writer = new ByteWriter(4_096)
  readonly #handles = new WeakMap<PreparedStatement, number>()
  /** The worker forgets statements that nobody has here any more. */
  readonly #forgotten = new FinalizationRegistry<number>((handle) => this.#forget(handle))
  #nextId = FIRST_ID
  isClosed = false

  constructor(link: Link, answers: AnswerReader, registry: CodecRegistry, profiles: Profiles, protocolVersion: number) {
    this.#link = link
    this.#answers = answers
    this.#registry = registry
    this.profiles = profiles
    this.protocolVersion = protocolVersion
  }

  get keyspace(): string | null {
    return this.#answers.keyspace
  }

  /** Begins a call in the writer and gives its id. */
  begin(writer: ByteWriter, call: number, id: number = this.newId()): number {
    writer.reset()
    writer.putUint8(call)
    writer.putInt32(id)
    return id
  }

  newId(): number {
    const id = this.#nextId
    this.#nextId = id === 0x7fff_ffff ? FIRST_ID : id + 1
    return id
  }

  send(writer: ByteWriter): void {
    this.#link.send(writer)
  }

  /** Sleeps until the next answer to the call is there. An error that is the whole answer is thrown, with the stack of the caller of `entry`. */
  wait(id: number, entry: Entry): Reply {
    let reply: Reply
    try {
      reply = this.#link.wait(id)
    } catch (error) {
      throw error instanceof CqlwireError ? withCallerStack(error, entry) : error
    }
    if (reply.kind === 'error') throw withCallerStack(reply.error, entry)
    return reply
  }

  abandon(id: number): void {
    this.#link.abandon(id)
  }

  /** Sends a request; what it answers is to be fetched by `finish`, or given up by `abandon`. */
  start(origin: Origin): number {
    const writer = this.#writer
    const id = this.begin(writer, Call.EXECUTE)
    this.putStatement(writer, origin.statement)
    putValue(writer, origin.params)
    putValue(writer, origin.options)
    this.send(writer)
    return id
  }

  finish(id: number, entry: Entry): ArrivedResult {
    const reply = this.wait(id, entry)
    if (reply.kind !== 'result') throw new CqlwireError(`The worker of a BlockingSession answered a request with ${reply.kind}`)
    return reply.result
  }

  /** A call whose answer is a value. */
  call(call: number, values: readonly unknown[], entry: Entry): unknown {
    const id = this.begin(this.#writer, call)
    for (const value of values) putValue(this.#writer, value)
    this.send(this.#writer)
    const reply = this.wait(id, entry)
    return reply.kind === 'value' ? reply.value : undefined
  }

  prepare(query: string, options: Origin['options'], entry: Entry): PreparedStatement {
    const parts = this.call(Call.PREPARE, [query, options ?? {}], entry) as PreparedParts
    const prepared = new PreparedStatement({
      id: parts.id,
      query: parts.query,
      keyspace: parts.keyspace,
      // For its list of markers: values are bound in the worker.
      bind: compileBind(parts.parameters, this.#registry, { protocolVersion: this.protocolVersion, generate: false }),
      routing: null,
      shape: new ResultShape(parts.columns, null, this.#registry, false),
    })
    this.#handles.set(prepared, parts.handle)
    this.#forgotten.register(prepared, parts.handle)
    return prepared
  }

  putStatement(writer: ByteWriter, statement: Origin['statement']): void {
    putStatement(writer, statement, (prepared) => {
      const handle = this.#handles.get(prepared)
      if (handle !== undefined) return handle
      throw new SharedSessionError(
        'The statement was prepared by another session; prepare it with blockingSession.prepare(). Nothing was sent',
      )
    })
  }

  /** Ends the worker; calls that come later fail with the error that `reason` makes. */
  close(reason: () => Error): void {
    this.isClosed = true
    this.#link.close(reason)
  }

  #forget(handle: number): void {
    if (this.isClosed) return
    const writer = new ByteWriter(16)
    this.begin(writer, Call.RELEASE, handle)
    try {
      this.send(writer)
    } catch {
      // the worker is gone, and its statements with it
    }
  }
}
