/** The worker of a BlockingSession: a cluster and a session of its own, and what it does about each call. */
import type { MessagePort } from 'node:worker_threads'
import { Cluster, type ClusterOptions, CqlwireError, type RequestOptions, type Session, type Uuid } from '../index.js'
import type { PreparedStatement } from '../session/prepared-statement.js'
import type { Parameters } from '../session/statements.js'
import { ByteReader } from '../wire/byte-reader.js'
import { Answer, Call, CONNECTED_ID, FIRST_ID, Word } from './messages.js'
import { Outbox } from './outbox.js'
import { RunServer } from './run-server.js'
import { readStatement } from '../transfer/statement-transfer.js'
import { readValue } from '../transfer/value-reader.js'

/** What the worker is started with. */
export interface WorkerData {
  readonly options: ClusterOptions
  readonly port: MessagePort
  readonly shared: SharedArrayBuffer
}

/** What was prepared, for the calling thread to make a statement of. */
export interface PreparedParts {
  readonly handle: number
  readonly id: Buffer
  readonly query: string
  readonly keyspace: string | null
  readonly parameters: PreparedStatement['parameters']
  readonly columns: PreparedStatement['columns']
}

export async function serve({ options, port, shared }: WorkerData): Promise<void> {
  const words = new Int32Array(shared)
  const outbox = new Outbox(port, words)
  sayWhenGone(words, outbox)
  outbox.begin()
  let cluster: Cluster | null = null
  try {
    cluster = new Cluster(options)
    const session = await cluster.connect()
    outbox.keyspaceOf = () => session.keyspace
    const server = new SessionServer(cluster, session, outbox, port)
    port.on('message', (message: ArrayBuffer) => server.onCall(message))
    outbox.value(CONNECTED_ID, { protocolVersion: cluster.protocolVersion })
  } catch (error) {
    outbox.error(CONNECTED_ID, error)
    await cluster?.shutdown()
    port.close()
  }
}

/** A worker that ends, for whatever reason, tells the caller if it can; otherwise its heart stops, and the caller finds out. */
function sayWhenGone(words: Int32Array, outbox: Outbox): void {
  process.on('uncaughtExceptionMonitor', (error) => outbox.error(CONNECTED_ID, error, Answer.FATAL))
  process.on('exit', () => {
    Atomics.store(words, Word.GONE, 1)
    Atomics.add(words, Word.ANSWERS, 1)
    Atomics.notify(words, Word.ANSWERS)
  })
}

class SessionServer {
  readonly #cluster: Cluster
  readonly #session: Session
  readonly #outbox: Outbox
  readonly #port: MessagePort
  readonly #prepared = new Map<number, PreparedStatement>()
  #nextHandle = FIRST_ID
  readonly #runs = new Map<number, RunServer>()

  constructor(cluster: Cluster, session: Session, outbox: Outbox, port: MessagePort) {
    this.#cluster = cluster
    this.#session = session
    this.#outbox = outbox
    this.#port = port
  }

  onCall(message: ArrayBuffer): void {
    const reader = new ByteReader(Buffer.from(message))
    const call = reader.readUint8()
    const id = reader.readInt32()
    if (call === Call.FEED) this.#runs.get(id)?.feed(reader)
    else if (call === Call.STOP) this.#runs.get(id)?.stop()
    else if (call === Call.RELEASE) this.#prepared.delete(id)
    else {
      this.#outbox.begin()
      try {
        if (call === Call.EXECUTE) this.#execute(id, reader)
        else if (call === Call.RUN) this.#run(id, reader)
        else void this.#answer(id, this.#carryOut(call, reader))
      } catch (error) {
        this.#outbox.error(id, error)
      }
    }
  }

  #execute(id: number, reader: ByteReader): void {
    const statement = readStatement(reader, this.#prepared)
    const params = readValue(reader) as Parameters
    const options = readValue(reader) as RequestOptions | undefined
    this.#session.submit(
      statement,
      params,
      options,
      (result) => this.#outbox.result(id, result),
      (error) => this.#outbox.error(id, error),
    )
  }

  #run(id: number, reader: ByteReader): void {
    const statement = reader.readUint8() === 1 ? readStatement(reader, this.#prepared) : null
    const options = readValue(reader) as RequestOptions
    const isEager = reader.readUint8() === 1
    const run = new RunServer(id, { statement, options, isEager, batch: reader.readInt32() }, this.#outbox, this.#prepared)
    this.#runs.set(id, run)
    void run.serve(this.#session).then(() => this.#runs.delete(id))
  }

  async #answer(id: number, outcome: Promise<unknown>): Promise<void> {
    try {
      this.#outbox.value(id, await outcome)
    } catch (error) {
      this.#outbox.error(id, error)
    }
    if (this.#cluster.isShutdown) this.#port.close()
  }

  async #carryOut(call: number, reader: ByteReader): Promise<unknown> {
    switch (call) {
      case Call.PREPARE:
        return await this.#prepare(readValue(reader) as string, readValue(reader) as RequestOptions)
      case Call.SET_KEYSPACE:
        return await this.#session.setKeyspace(readValue(reader) as string)
      case Call.TRACE:
        return await this.#session.readTrace(readValue(reader) as Uuid, readValue(reader) as number | undefined)
      case Call.SHUTDOWN:
        return await this.#cluster.shutdown()
      default:
        throw new CqlwireError(`The worker of a BlockingSession has no call ${call}`)
    }
  }

  async #prepare(text: string, options: RequestOptions): Promise<PreparedParts> {
    const prepared = await this.#session.prepare(text, options)
    const handle = this.#nextHandle++
    this.#prepared.set(handle, prepared)
    const { id, query, keyspace, parameters, columns } = prepared
    return { handle, id, query, keyspace, parameters, columns }
  }
}
