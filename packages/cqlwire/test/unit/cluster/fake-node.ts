/** A node that is not one: speaks v3 or v4 on a loopback port, has the system tables it is given, and misbehaves as it is told. */
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { ServerError } from '../../../src/base/server-errors.js'
import type { ColumnSpec } from '../../../src/codec/data-type.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { writeAuthenticate } from '../../../src/protocol/auth.js'
import { EVENT_STREAM, Opcode } from '../../../src/protocol/constants.js'
import { beginFrame, endFrame, RESPONSE_BIT } from '../../../src/protocol/frame.js'
import { FrameReader } from '../../../src/protocol/frame-reader.js'
import { readQuery } from '../../../src/protocol/query.js'
import { type ServerEvent, writeEvent } from '../../../src/protocol/register.js'
import { writeRowsResult, writeSetKeyspaceResult } from '../../../src/protocol/result.js'
import { readStartup } from '../../../src/protocol/startup.js'
import { ByteReader } from '../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

export type Row = Readonly<Record<string, unknown>>

/** An error is answered; `'silence'` answers nothing; `'close'` closes the connection; a promise has the query answered when it resolves. */
export type Trouble = Error | 'silence' | 'close' | Promise<void>

const TYPES: Readonly<Record<string, string>> = {
  host_id: 'uuid',
  schema_version: 'uuid',
  rpc_address: 'inet',
  native_address: 'inet',
  peer: 'inet',
  native_port: 'int',
  rpc_port: 'int',
  peer_port: 'int',
  tokens: 'set<text>',
  durable_writes: 'boolean',
  replication: 'map<text, text>',
  position: 'int',
  field_names: 'list<text>',
  field_types: 'list<text>',
}

const registry = createCodecRegistry()

function encode(type: ColumnSpec['type'], value: unknown): Buffer | null {
  if (value === null || value === undefined) return null
  const writer = new ByteWriter(64)
  registry.codecFor(type).write(writer, value)
  return Buffer.from(writer.toBuffer())
}

export class FakeNode {
  /** The versions it speaks; 5 is never among them. */
  versions: readonly number[] = [3, 4]
  /** Answers STARTUP with this authenticator's name, and takes no credentials. */
  authenticator: string | null = null
  /** Table → rows. */
  readonly tables = new Map<string, readonly Row[]>()
  readonly keyspaces = new Set<string>()
  /** Asked for each query: null answers it. */
  trouble: (query: string) => Trouble | null = () => null
  /** Closes connections as they come. */
  refusing = false
  readonly queries: string[] = []
  readonly startups: ReadonlyMap<string, string>[] = []
  readonly sockets = new Set<net.Socket>()
  /** Sockets that asked for events. */
  readonly registered = new Set<net.Socket>()
  address = ''
  port = 0
  readonly #server = net.createServer({ noDelay: true }, (socket) => this.#serve(socket))
  readonly #keyspaceOf = new WeakMap<net.Socket, string>()

  static async start(address = '127.0.0.1', port = 0): Promise<FakeNode> {
    const node = new FakeNode()
    await node.listen(address, port)
    return node
  }

  get name(): string {
    return `${this.address}:${this.port}`
  }

  async listen(address: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(port, address, resolve))
    this.address = address
    this.port = (this.#server.address() as AddressInfo).port
  }

  /** The keyspaces of the open connections, in the order of their names. */
  get usedKeyspaces(): (string | undefined)[] {
    return [...this.sockets].map((socket) => this.#keyspaceOf.get(socket)).sort()
  }

  emit(event: ServerEvent): void {
    for (const socket of this.registered) this.#answer(socket, 4, EVENT_STREAM, Opcode.EVENT, (writer) => writeEvent(writer, event))
  }

  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.dropConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: net.Socket): void {
    if (this.refusing) return void socket.destroy()
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      this.sockets.delete(socket)
      this.registered.delete(socket)
    })
    let reader: FrameReader | null = null
    socket.on('data', (data) => {
      const version = data[0]!
      if (reader === null && !this.versions.includes(version)) return this.#refuseVersion(socket, version)
      reader ??= new FrameReader(version, { direction: 'request' })
      reader.push(data, 0, data.length, {
        onFrame: (_flags, stream, opcode, block, start, end) =>
          this.#onRequest(socket, version, stream, opcode, new ByteReader(Buffer.from(block.buffer.subarray(start, end)))),
      })
    })
  }

  #refuseVersion(socket: net.Socket, version: number): void {
    const highest = Math.max(...this.versions)
    this.#error(socket, highest, 0, 0x000a, `Invalid or unsupported protocol version (${version}); the highest version is ${highest}`)
  }

  #onRequest(socket: net.Socket, version: number, stream: number, opcode: number, body: ByteReader): void {
    if (opcode === Opcode.STARTUP) {
      this.startups.push(readStartup(body))
      const { authenticator } = this
      if (authenticator === null) return this.#answer(socket, version, stream, Opcode.READY, () => {})
      return this.#answer(socket, version, stream, Opcode.AUTHENTICATE, (writer) => writeAuthenticate(writer, authenticator))
    }
    if (opcode === Opcode.AUTH_RESPONSE)
      return this.#error(socket, version, stream, 0x0100, 'Provided username and/or password are incorrect')
    if (opcode === Opcode.OPTIONS) return this.#answer(socket, version, stream, Opcode.SUPPORTED, (writer) => writer.putUint16(0))
    if (opcode === Opcode.REGISTER) {
      this.registered.add(socket)
      return this.#answer(socket, version, stream, Opcode.READY, () => {})
    }
    this.#onQuery(socket, version, stream, readQuery(body, version).query)
  }

  #onQuery(socket: net.Socket, version: number, stream: number, query: string): void {
    this.queries.push(query)
    const trouble = this.trouble(query)
    if (trouble === 'silence') return
    if (trouble === 'close') return void socket.destroy()
    if (trouble instanceof Promise) return void trouble.then(() => this.#onAnswerable(socket, version, stream, query))
    if (trouble !== null)
      return this.#error(socket, version, stream, trouble instanceof ServerError ? trouble.protocolCode : 0, trouble.message)
    this.#onAnswerable(socket, version, stream, query)
  }

  #onAnswerable(socket: net.Socket, version: number, stream: number, query: string): void {
    const used = /^USE "(.*)"$/.exec(query)?.[1]
    if (used !== undefined) {
      if (!this.keyspaces.has(used)) return this.#error(socket, version, stream, 0x2200, `Keyspace '${used}' does not exist`)
      this.#keyspaceOf.set(socket, used)
      return this.#answer(socket, version, stream, Opcode.RESULT, (writer) => writeSetKeyspaceResult(writer, used))
    }
    const table = / FROM ([\w.]+)/.exec(query)?.[1] ?? ''
    const rows = this.tables.get(table)
    if (rows === undefined) return this.#error(socket, version, stream, 0x2200, `table ${table} does not exist`)
    this.#rows(socket, version, stream, rows)
  }

  #rows(socket: net.Socket, version: number, stream: number, rows: readonly Row[]): void {
    const names = Object.keys(rows[0] ?? { nothing: null })
    const columns = names.map((name) => ({ keyspace: 'system', table: 't', name, type: parseType(TYPES[name] ?? 'text') }))
    const cells = rows.map((row) => columns.map((column) => encode(column.type, row[column.name])))
    this.#answer(socket, version, stream, Opcode.RESULT, (writer) => writeRowsResult(writer, { columns, rows: cells }))
  }

  #error(socket: net.Socket, version: number, stream: number, code: number, message: string): void {
    this.#answer(socket, version, stream, Opcode.ERROR, (writer) => {
      writer.putInt32(code)
      writer.putString(message)
    })
  }

  #answer(socket: net.Socket, version: number, stream: number, opcode: number, write: (writer: ByteWriter) => void): void {
    const writer = new ByteWriter(256)
    const mark = beginFrame(writer, version | RESPONSE_BIT, 0, stream, opcode)
    write(writer)
    endFrame(writer, mark)
    socket.write(Buffer.from(writer.toBuffer()))
  }
}
