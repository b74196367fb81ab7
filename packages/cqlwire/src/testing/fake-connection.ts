/** One client's connection to a fake node: its handshake, its requests in, the replies of the rules out. */
import type { Socket } from 'node:net'
import { MalformedFrameError } from '../base/errors.js'
import { BadCredentialsError, InvalidRequestError, ProtocolError, ServerError, UnpreparedError } from '../base/server-errors.js'
import type { DataType } from '../codec/data-type.js'
import { writeAuthenticate, writeAuthSuccess } from '../protocol/auth.js'
import { loadCompressor } from '../protocol/compression.js'
import type { CompressionName } from '../protocol/compression.js'
import { FrameFlag, Opcode } from '../protocol/constants.js'
import { FrameReader } from '../protocol/frame-reader.js'
import { decompressBody } from '../protocol/frame.js'
import { writePrepared } from '../protocol/prepare.js'
import type { ServerEvent } from '../protocol/register.js'
import { writeRowsResult, writeSchemaChangeResult, writeSetKeyspaceResult, writeVoidResult } from '../protocol/result.js'
import { SegmentReader } from '../protocol/segments.js'
import { writeSupported } from '../protocol/startup.js'
import { writeError } from '../protocol/write-error.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { encodeAnswer, encodeEvent, encodeFault } from './answer-writer.js'
import type { Framing } from './answer-writer.js'
import { readRequest } from './fake-request.js'
import type { Arrival, FakeRequest } from './fake-request.js'
import { Outbox } from './outbox.js'
import { resultMetadataId } from './prepared-book.js'
import type { PreparedBook } from './prepared-book.js'
import { checkReply } from './reply.js'
import type { Reply, ReplyExtras, RowsReply } from './reply.js'
import type { Rule } from './rules.js'
import { answerSystemQuery } from './system-tables.js'
import type { ClusterDescription, NodeDescription } from './system-tables.js'

/** What a connection asks its node and its cluster. */
export interface ConnectionContext {
  readonly name: string
  readonly self: NodeDescription
  readonly cluster: ClusterDescription
  readonly prepared: PreparedBook
  readonly credentials: { readonly username: string; readonly password: string } | null
  /** Notes the request and finds its rule. */
  arrived(request: FakeRequest): Rule | null
  describe(query: string): Rule | null
  closed(connection: FakeConnection): void
}

/** How an answer goes out. */
interface Delivery {
  readonly extras: ReplyExtras
  readonly bytesPerSecond: number
  readonly copies: number
}

const PLAIN: Delivery = { extras: {}, bytesPerSecond: Infinity, copies: 1 }
const NOTHING = Buffer.alloc(0)

export class FakeConnection implements Arrival {
  readonly node: string
  readonly connection: number
  protocolVersion = 0
  keyspace: string | null = null
  /** The types of events that the client registered for. */
  events: readonly string[] = []
  readonly #socket: Socket
  readonly #context: ConnectionContext
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #outbox: Outbox
  #frames: FrameReader = new FrameReader(0, { direction: 'request' })
  #segments: SegmentReader | null = null
  #framing: Framing = { version: 4, segments: false, compressor: null }

  constructor(socket: Socket, number: number, context: ConnectionContext) {
    this.#socket = socket
    this.#outbox = new Outbox(socket)
    this.#context = context
    this.node = context.name
    this.connection = number
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#onData(chunk))
    // A client that resets its connection is no trouble of ours: 'close' follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const timer of this.#timers) clearTimeout(timer)
      this.#outbox.close()
      context.closed(this)
    })
  }

  textOf(id: Buffer): string | null {
    return this.#context.prepared.textOf(id)
  }

  typesOf(id: Buffer): readonly DataType[] | null {
    return this.#context.prepared.typesOf(id)
  }

  destroy(how: 'end' | 'reset' = 'end'): void {
    if (how === 'end') this.#socket.destroy()
    else this.#socket.resetAndDestroy()
  }

  /** What the client sends stays in the buffers of the kernel, then in the client's. */
  stopReading(): void {
    this.#socket.pause()
  }

  resumeReading(): void {
    this.#socket.resume()
  }

  pushEvent(event: ServerEvent): void {
    if (this.events.includes(event.type)) this.#outbox.send(encodeEvent(this.#framing, event))
  }

  #onData(chunk: Buffer): void {
    try {
      if (this.#segments === null) this.#frames.push(chunk, 0, chunk.length, this)
      else this.#segments.push(chunk, 0, chunk.length, this)
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error
      this.#refuse(0, error.message)
    }
  }

  onSegment(buffer: Buffer, start: number, end: number): void {
    this.#frames.push(buffer, start, end, this)
  }

  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number): void {
    if (this.#socket.destroyed) return
    const version = this.#frames.lastVersion
    const { protocolVersions } = this.#context.cluster
    if (!protocolVersions.includes(version)) {
      const supported = protocolVersions.map((each) => `${each}/v${each}`).join(', ')
      return this.#refuse(stream, `Invalid or unsupported protocol version (${version}); supported versions are (${supported})`)
    }
    this.protocolVersion = version
    this.#framing = { ...this.#framing, version }
    // The request is kept: its bytes must not change with the next ones.
    const body =
      (flags & FrameFlag.COMPRESSED) !== 0
        ? decompressBody(block.buffer, start, end, this.#framing.compressor).buffer
        : Buffer.from(block.buffer.subarray(start, end))
    const request = readRequest(this, flags, stream, opcode, body)
    void this.#handle(request)
  }

  /** As Cassandra does with bytes that it can't make out: an error in the highest version that it has, then an end. */
  #refuse(stream: number, message: string): void {
    const { protocolVersions } = this.#context.cluster
    const framing = this.#framing.segments ? this.#framing : { ...this.#framing, version: Math.max(...protocolVersions) }
    this.#socket.end(
      encodeAnswer(framing, stream, Opcode.ERROR, (writer) => writeError(writer, framing.version, new ProtocolError(message))),
    )
  }

  /** Runs up to its first await within the call, so that requests without a rule are answered in their order. */
  async #handle(request: FakeRequest): Promise<void> {
    try {
      const rule = this.#context.arrived(request)
      if (rule === null) {
        const made = this.#default(request)
        if (made !== null) this.#reply(request, made, PLAIN)
      } else if (typeof rule.reaction !== 'function') this.#reply(request, rule.reaction, PLAIN)
      else this.#reply(request, checkReply("A rule's function", await rule.reaction(request)), PLAIN)
    } catch (error) {
      this.#sendError(request, error)
    }
  }

  #sendError(request: FakeRequest, error: unknown): void {
    const answer = error instanceof ServerError ? error : new ServerError(0, `The fake node failed: ${String(error)}`)
    this.#send(request, Opcode.ERROR, (writer) => writeError(writer, this.protocolVersion, answer))
  }

  #send(request: FakeRequest, opcode: number, write: (writer: ByteWriter) => void, { extras, ...how }: Delivery = PLAIN): void {
    this.#deliver(encodeAnswer(this.#framing, request.stream, opcode, write, extras), how)
  }

  #deliver(bytes: Buffer, { bytesPerSecond, copies }: Omit<Delivery, 'extras'>): void {
    for (let i = 0; i < copies; i++) this.#outbox.send(bytes, bytesPerSecond)
  }

  #reply(request: FakeRequest, made: Reply, delivery: Delivery): void {
    switch (made.kind) {
      case 'drop':
        return
      case 'close':
        return this.destroy()
      case 'fault':
        this.#deliver(encodeFault(this.#framing, request.stream, made.fault), delivery)
        if (made.fault === 'truncated') this.#outbox.send(NOTHING, Infinity, () => this.#socket.end())
        return
      case 'raw':
        return this.#deliver(Buffer.from(made.bytes), delivery)
      case 'delay': {
        const timer = setTimeout(() => {
          this.#timers.delete(timer)
          this.#reply(request, made.then, delivery)
        }, made.ms)
        this.#timers.add(timer)
        return
      }
      case 'slow':
        return this.#reply(request, made.then, { ...delivery, bytesPerSecond: made.bytesPerSecond })
      case 'twice':
        return this.#reply(request, made.then, { ...delivery, copies: 2 * delivery.copies })
      case 'stop-reading':
        this.stopReading()
        if (made.then !== null) this.#reply(request, made.then, delivery)
        return
      case 'extras':
        return this.#reply(request, made.then, { ...delivery, extras: made.extras })
      case 'error':
        return this.#send(request, Opcode.ERROR, (writer) => writeError(writer, this.protocolVersion, made.error), delivery)
      case 'void':
        return this.#send(request, Opcode.RESULT, writeVoidResult, delivery)
      case 'set-keyspace':
        this.keyspace = made.keyspace
        return this.#send(request, Opcode.RESULT, (writer) => writeSetKeyspaceResult(writer, made.keyspace), delivery)
      case 'schema-change':
        return this.#send(request, Opcode.RESULT, (writer) => writeSchemaChangeResult(writer, made.change), delivery)
      case 'rows':
        return this.#send(request, Opcode.RESULT, (writer) => this.#writeRows(writer, request, made), delivery)
    }
  }

  /** On v5 a client that knows other columns than these is told so, as Cassandra does. */
  #writeRows(writer: ByteWriter, request: FakeRequest, made: RowsReply): void {
    const id = resultMetadataId(made.columns)
    const changed = request.resultMetadataId !== null && !request.resultMetadataId.equals(id)
    writeRowsResult(writer, { ...made, skipMetadata: request.parameters?.skipMetadata ?? false, newMetadataId: changed ? id : null })
  }

  /** The reply where no rule applies; null where it was sent. */
  #default(request: FakeRequest): Reply | null {
    switch (request.opcode) {
      case 'OPTIONS':
        return this.#sent(request, Opcode.SUPPORTED, (writer) => writeSupported(writer, this.#supported()))
      case 'STARTUP':
        return this.#start(request)
      case 'AUTH_RESPONSE':
        return this.#authenticate(request)
      case 'REGISTER':
        this.events = request.events ?? []
        return this.#sent(request, Opcode.READY)
      case 'PREPARE': {
        const result = this.#context.prepared.prepare(request.query!, request.keyspace, this.#context.describe(request.query!))
        return this.#sent(request, Opcode.RESULT, (writer) => writePrepared(writer, this.protocolVersion, result))
      }
      case 'EXECUTE':
        if (request.query === null) {
          throw new UnpreparedError(`Prepared query with ID ${request.preparedId!.toString('hex')} not found`, { id: request.preparedId! })
        }
        return this.#defaultForText(request.query)
      case 'QUERY':
        return this.#defaultForText(request.query!)
      case 'BATCH':
        return this.#defaultForBatch(request)
      default:
        throw new ProtocolError(`${String(request.opcode)} is no request`)
    }
  }

  #sent(request: FakeRequest, opcode: number, write: (writer: ByteWriter) => void = () => {}): null {
    this.#send(request, opcode, write)
    return null
  }

  #defaultForText(query: string): Reply {
    const used = /^\s*use\s+("(?:[^"]|"")+"|\w+)\s*;?\s*$/i.exec(query)?.[1]
    if (used !== undefined) {
      return { kind: 'set-keyspace', keyspace: used.startsWith('"') ? used.slice(1, -1).replaceAll('""', '"') : used.toLowerCase() }
    }
    const system = answerSystemQuery(query, this.#context.self, this.#context.cluster)
    if (system !== null) return system
    if (!/^\s*select\b/i.test(query)) return { kind: 'void' }
    throw new InvalidRequestError(
      `The fake cluster has no rule for ${JSON.stringify(query)}: add one with fake.when(query, reply.rows(...))`,
    )
  }

  #defaultForBatch(request: FakeRequest): Reply {
    const unknown = request.batch!.statements.find(({ id }) => id !== null && this.textOf(id) === null)?.id
    if (unknown === undefined || unknown === null) return { kind: 'void' }
    throw new UnpreparedError(`Prepared query with ID ${unknown.toString('hex')} not found`, { id: unknown })
  }

  #supported(): Map<string, string[]> {
    const versions = this.#context.cluster.protocolVersions.map((version) => `${version}/v${version}`)
    return new Map([
      ['CQL_VERSION', ['3.4.7']],
      ['COMPRESSION', COMPRESSIONS.filter(isInstalled)],
      ['PROTOCOL_VERSIONS', versions],
    ])
  }

  #start(request: FakeRequest): null {
    const compression = request.startup!.get('COMPRESSION')?.toLowerCase()
    const known = compression === 'lz4' || (compression === 'snappy' && this.protocolVersion < 5)
    if (compression !== undefined && !known) throw new ProtocolError(`Unknown compression algorithm: ${compression}`)
    if (this.#context.credentials === null) this.#send(request, Opcode.READY, () => {})
    else this.#send(request, Opcode.AUTHENTICATE, (writer) => writeAuthenticate(writer, 'org.apache.cassandra.auth.PasswordAuthenticator'))
    const compressor = known ? loadCompressor(compression) : null
    const segments = this.protocolVersion >= 5
    this.#framing = { version: this.protocolVersion, segments, compressor }
    this.#frames = new FrameReader(this.protocolVersion, { direction: 'request' })
    if (segments) this.#segments = new SegmentReader(compressor)
    return null
  }

  /** SASL PLAIN: an identity that may be empty, the name and the password, each after a zero byte. */
  #authenticate(request: FakeRequest): null {
    const [, username, password] = request.token?.toString('utf8').split('\0') ?? []
    const { credentials } = this.#context
    if (credentials !== null && (username !== credentials.username || password !== credentials.password)) {
      throw new BadCredentialsError('Provided username and/or password are incorrect')
    }
    return this.#sent(request, Opcode.AUTH_SUCCESS, (writer) => writeAuthSuccess(writer, null))
  }
}

const COMPRESSIONS: readonly CompressionName[] = ['snappy', 'lz4']

/** Compression takes packages that users may or may not have. */
function isInstalled(name: CompressionName): boolean {
  try {
    return loadCompressor(name).name === name
  } catch {
    return false
  }
}
