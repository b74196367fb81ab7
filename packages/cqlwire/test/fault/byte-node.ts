/** One node whose every byte a test decides: for answers that no sane server sends. Handshake and system tables are sane unless told otherwise. */
import { once } from 'node:events'
import net from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { ClusterOptions } from '../../src/cluster/options.js'
import { Opcode } from '../../src/protocol/constants.js'
import { FrameReader } from '../../src/protocol/frame-reader.js'
import { beginFrame, endFrame, RESPONSE_BIT } from '../../src/protocol/frame.js'
import type { ProtocolVersion } from '../../src/protocol/features.js'
import { writeRowsResult } from '../../src/protocol/result.js'
import { encodeSegments, SegmentReader } from '../../src/protocol/segments.js'
import { Cluster } from '../../src/session/cluster.js'
import type { Session } from '../../src/session/session.js'
import { type FakeRequest, readRequest } from '../../src/testing/fake-request.js'
import { answerSystemQuery } from '../../src/testing/system-tables.js'
import type { ByteBlock } from '../../src/wire/byte-block.js'
import { ByteWriter } from '../../src/wire/byte-writer.js'
import { countFault } from './ledger.js'
import { Accounts, eventually, quick, within } from './support.js'

export type Body = (writer: ByteWriter) => void

/** A frame's head may say something else than the truth. */
export interface Lies {
  readonly stream?: number
  /** The whole first byte, direction included. */
  readonly versionByte?: number
  readonly length?: number
}

/** A request, and the means to answer it. */
export class Asked {
  readonly request: FakeRequest
  readonly socket: Socket
  readonly #segments: boolean

  constructor(request: FakeRequest, socket: Socket, segments: boolean) {
    this.request = request
    this.socket = socket
    this.#segments = segments
  }

  /** An answer's frame, bare. */
  frame(opcode: number, body: Body, lies: Lies = {}): Buffer {
    const writer = new ByteWriter(256)
    const version = lies.versionByte ?? this.request.protocolVersion | RESPONSE_BIT
    const start = beginFrame(writer, version, 0, lies.stream ?? this.request.stream, opcode)
    body(writer)
    endFrame(writer, start)
    const frame = Buffer.from(writer.toBuffer())
    if (lies.length !== undefined) frame.writeInt32BE(lies.length, 5)
    return frame
  }

  /** Frames as they travel: in segments on v5. */
  wrap(...frames: Buffer[]): Buffer {
    return this.#segments ? Buffer.concat(frames.map((frame) => encodeSegments(frame))) : Buffer.concat(frames)
  }

  answer(opcode: number, body: Body = () => {}, lies: Lies = {}): void {
    this.socket.write(this.wrap(this.frame(opcode, body, lies)))
  }

  /** A row `{ name: 'Ada' }`. */
  answerRow(): void {
    this.answer(Opcode.RESULT, nameIsAda)
  }
}

export const nameIsAda: Body = (writer) =>
  writeRowsResult(writer, {
    columns: [{ keyspace: 'ks', table: 'users', name: 'name', type: { kind: 'text' } }],
    rows: [[Buffer.from('Ada')]],
  })

export const QUERY = 'SELECT name FROM users'

export class ByteNode implements AsyncDisposable {
  /** What is done with a query of the user. The first one is most often answered badly, and those after it well. */
  script: (asked: Asked) => void = (asked) => asked.answerRow()
  /** What is done with STARTUP; null for READY. */
  startup: ((asked: Asked) => void) | null = null
  /** Asked for each query on the system tables: true where it was dealt with. */
  system: (asked: Asked) => boolean = () => false
  /** What is done with AUTH_RESPONSE. */
  auth: (asked: Asked) => void = () => {}
  /** Every request, in the order of arrival. */
  readonly log: FakeRequest[] = []
  readonly sockets = new Set<Socket>()
  accepted = 0
  readonly #server = net.createServer({ noDelay: true }, (socket) => this.#serve(socket))
  readonly #accounts = new Accounts()
  readonly #clusters: Cluster[] = []
  readonly #sessions: Session[] = []
  #port = 0

  static async start(): Promise<ByteNode> {
    const node = new ByteNode()
    node.#server.listen(0, '127.0.0.1')
    await once(node.#server, 'listening')
    node.#port = (node.#server.address() as AddressInfo).port
    return node
  }

  get name(): string {
    return `127.0.0.1:${this.#port}`
  }

  cluster(version: ProtocolVersion, options: Partial<ClusterOptions> = {}): Cluster {
    const cluster = new Cluster(quick({ protocolVersion: version, ...options, contactPoints: [this.name] }))
    this.#clusters.push(cluster)
    return cluster
  }

  async session(version: ProtocolVersion, options: Partial<ClusterOptions> = {}): Promise<Session> {
    const session = await this.cluster(version, options).connect()
    this.#sessions.push(session)
    return session
  }

  /** The answer to the n-th query of the user, from 1 on, is bad; all others are good. */
  bad(script: (asked: Asked) => void, which = 1): void {
    let count = 0
    this.script = (asked) => {
      if (++count !== which) return asked.answerRow()
      countFault()
      script(asked)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(Promise.all(this.#clusters.map((cluster) => cluster.shutdown())))
    await eventually('every socket is closed', () => this.sockets.size === 0)
    this.#server.close()
    await this.#accounts.close(...this.#sessions)
  }

  #serve(socket: Socket): void {
    this.accepted++
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.sockets.delete(socket))
    const number = this.accepted
    const frames = new FrameReader(0, { direction: 'request' })
    let segments: SegmentReader | null = null
    const sink = {
      onSegment: (buffer: Buffer, start: number, end: number) => frames.push(buffer, start, end, sink),
      onFrame: (flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number) => {
        const version = frames.lastVersion
        const arrival = {
          node: this.name,
          connection: number,
          protocolVersion: version,
          keyspace: null,
          textOf: () => null,
          typesOf: () => null,
        }
        const request = readRequest(arrival, flags, stream, opcode, Buffer.from(block.buffer.subarray(start, end)))
        this.log.push(request)
        this.#handle(new Asked(request, socket, segments !== null))
        if (opcode === Opcode.STARTUP && version >= 5) segments = new SegmentReader()
      },
    }
    socket.on('data', (chunk) =>
      segments === null ? frames.push(chunk, 0, chunk.length, sink) : segments.push(chunk, 0, chunk.length, sink),
    )
  }

  #handle(asked: Asked): void {
    const { opcode, query } = asked.request
    if (opcode === 'STARTUP') return this.startup === null ? asked.answer(Opcode.READY) : this.startup(asked)
    if (opcode === 'AUTH_RESPONSE') return this.auth(asked)
    if (opcode === 'REGISTER') return asked.answer(Opcode.READY)
    const system = query === null ? null : answerSystemQuery(query, this.#self, this.#described)
    if (system !== null && this.system(asked)) return
    if (system?.kind === 'rows') return asked.answer(Opcode.RESULT, (writer) => writeRowsResult(writer, system))
    this.script(asked)
  }

  get #self() {
    return {
      address: '127.0.0.1',
      port: this.#port,
      hostId: '00000000-0000-4000-8000-000000000001',
      dataCenter: 'dc1',
      rack: 'r1',
      tokens: ['0'],
    }
  }

  get #described() {
    return { nodes: [], schemaVersion: '00000000-0000-4000-8000-000000000002', releaseVersion: '5.0.0', protocolVersions: [3, 4, 5] }
  }
}
