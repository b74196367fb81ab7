/** A worker of a ParallelSession: a cluster and a session of its own, and what it does about each call. */
import { Cluster, type ClusterOptions, CqlwireError, type RequestOptions, type Session, type Uuid } from '../index.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { Parameters } from '../session/statements.js'
import { ResultWriter } from '../transfer/result-writer.js'
import { readStatement, withOptions } from '../transfer/statement-transfer.js'
import { readValue } from '../transfer/value-reader.js'
import { putValue } from '../transfer/value-writer.js'
import { type ByteBlock, byteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'
import { BoundValues, takingBoundValues } from './bound-values.js'
import { type Channel, eachFrame, Outbox } from './channel.js'
import { loadFunction } from './load-function.js'
import { Answer, Call, RunKind } from './messages.js'
import { asError, type Cancellable, type StartItem, WorkerRun } from './worker-run.js'

/** What was prepared, for the other side to bind values and read rows. */
export interface PreparedParts {
  readonly id: Buffer
  readonly keyspace: string | null
  readonly parameters: readonly ColumnSpec[]
  readonly columns: readonly ColumnSpec[]
}

/** What connecting is answered with. */
export interface Connected {
  readonly protocolVersion: number
  readonly keyspace: string | null
}

/** Serves until the line is closed; `onEnd` is called then. */
export function serve(channel: Channel, onEnd: () => void): void {
  const server = new WorkerServer(channel)
  channel.listen((frames) => server.onPost(frames), onEnd)
}

const NOT_PREPARED = new Map<number, never>()

class WorkerServer {
  readonly #channel: Channel
  readonly #outbox: Outbox
  readonly #results = new ResultWriter()
  readonly #runs = new Map<number, WorkerRun>()
  readonly #executing = new Map<number, Cancellable>()
  #cluster: Cluster | null = null
  #session: Session | null = null

  constructor(channel: Channel) {
    this.#channel = channel
    this.#outbox = new Outbox(channel)
  }

  onPost(frames: Buffer): void {
    const block = byteBlock(frames)
    eachFrame(frames, (start, end) => this.#onCall(new ByteReader(frames, start, end), block))
  }

  #onCall(reader: ByteReader, block: ByteBlock): void {
    const call = reader.readUint8()
    const id = reader.readInt32()
    if (call === Call.FEED) this.#runs.get(id)?.feed(reader, block)
    else if (call === Call.CANCEL) this.#executing.get(id)?.cancel(new CqlwireError('The request was given up'))
    else if (call === Call.HALT) this.#runs.get(id)?.halt()
    else if (call === Call.STOP) {
      this.#runs.get(id)?.stop()
      this.#runs.delete(id)
    } else if (call === Call.EXECUTE) this.#execute(id, reader)
    else if (call === Call.RUN) this.#run(id, reader)
    else void this.#answer(id, this.#carryOut(call, reader))
  }

  async #carryOut(call: number, reader: ByteReader): Promise<unknown> {
    switch (call) {
      case Call.CONNECT:
        return await this.#connect(readValue(reader) as ClusterOptions)
      case Call.PREPARE:
        return await this.#prepare(readValue(reader) as string, readValue(reader) as RequestOptions)
      case Call.SET_KEYSPACE:
        return await this.#session!.setKeyspace(readValue(reader) as string)
      case Call.TRACE:
        return await this.#session!.readTrace(readValue(reader) as Uuid, readValue(reader) as number | undefined)
      case Call.SHUTDOWN:
        await this.#cluster?.shutdown()
        setImmediate(() => this.#channel.close()) // after what this turn has answered
        return undefined
      default:
        throw new CqlwireError(`The worker of a ParallelSession has no call ${call}`)
    }
  }

  async #connect(options: ClusterOptions): Promise<Connected> {
    this.#cluster = new Cluster(options)
    this.#session = await this.#cluster.connect()
    return { protocolVersion: this.#cluster.protocolVersion, keyspace: this.#session.keyspace }
  }

  async #prepare(text: string, options: RequestOptions): Promise<PreparedParts> {
    const { id, keyspace, parameters, columns } = await this.#session!.prepare(text, options)
    return { id, keyspace, parameters, columns }
  }

  async #answer(id: number, outcome: Promise<unknown>): Promise<void> {
    try {
      this.#value(Answer.VALUE, id, await outcome)
    } catch (error) {
      this.#value(Answer.ERROR, id, asError(error))
    }
  }

  #value(kind: number, id: number, value: unknown): void {
    this.#executing.delete(id)
    putValue(this.#outbox.begin(kind, id), value)
    this.#outbox.end()
  }

  #execute(id: number, reader: ByteReader): void {
    try {
      const statement = readStatement(reader, NOT_PREPARED)
      const params = readValue(reader) as Parameters
      const options = readValue(reader) as RequestOptions | undefined
      let isOver = false
      const handle = this.#session!.submit(
        statement,
        params,
        options,
        (result) => {
          isOver = true
          this.#executing.delete(id)
          this.#results.put(this.#outbox.begin(Answer.RESULT, id), result)
          this.#outbox.end()
        },
        (error) => {
          isOver = true
          this.#value(Answer.ERROR, id, error)
        },
      )
      if (!isOver) this.#executing.set(id, handle)
    } catch (error) {
      this.#value(Answer.ERROR, id, asError(error))
    }
  }

  #run(id: number, reader: ByteReader): void {
    const kind = reader.readUint8()
    const run = new WorkerRun(id, reader.readInt32(), reader.readInt32(), this.#outbox)
    this.#runs.set(id, run)
    this.#starter(kind, reader).then(
      (start) => run.begin(start),
      (error: unknown) => run.fail(asError(error)),
    )
  }

  async #starter(kind: number, reader: ByteReader): Promise<StartItem> {
    const session = this.#session!
    if (kind === RunKind.BOUND) {
      const text = readValue(reader) as string
      const preparing = readValue(reader) as RequestOptions
      const options = readValue(reader) as RequestOptions | undefined
      const prepared = takingBoundValues(await session.prepare(text, preparing))
      return (block, start, end, slot) =>
        session.submit(prepared, new BoundValues(block, start, end) as never, options, slot.onResult, slot.onError)
    }
    if (kind === RunKind.STATEMENTS) {
      const options = readValue(reader) as RequestOptions | undefined
      return (block, start, end, slot) => {
        const item = new ByteReader(block.buffer, start, end)
        const statement = readStatement(item, NOT_PREPARED)
        const params = readValue(item) as Parameters
        const own = readValue(item) as RequestOptions | undefined
        const whole = own === undefined ? statement : withOptions(statement, params, own)
        return session.submit(whole, own === undefined ? params : undefined, options, slot.onResult, slot.onError)
      }
    }
    const call = await loadFunction(readValue(reader) as string, readValue(reader) as string)
    return (block, start, end, slot) => {
      const item = readValue(new ByteReader(block.buffer, start, end))
      // In a turn of its own, so that a function that throws at once is one that rejects.
      void Promise.resolve()
        .then(() => call(session, item))
        .then(slot.onValue, slot.onError)
      return null
    }
  }
}
