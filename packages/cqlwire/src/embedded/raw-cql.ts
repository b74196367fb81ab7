import { connect, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/**
 * As much of the native protocol (version 4) as is needed to ask a node whether it is ready: OPTIONS, STARTUP with PLAIN
 * authentication, and QUERY at consistency ONE whose rows hold one column. Written by hand so that it stands apart from the driver.
 */

const opError = 0x00
const opReady = 0x02
const opAuthenticate = 0x03
const opSupported = 0x06
const opAuthSuccess = 0x10

/** How to reach and enter a node. */
export interface RawTarget {
  readonly address: string
  readonly port: number
  readonly auth: { readonly username: string; readonly password: string } | null
  readonly tls: ConnectionOptions | null
  /** Milliseconds for everything together. */
  readonly timeoutMs: number
}

/** Resolves where the node answers OPTIONS with SUPPORTED; rejects with whatever kept it from that. */
export async function askOptions(target: RawTarget): Promise<void> {
  await withSocket(target, async (ask) => {
    const answer = await ask(0x05, Buffer.alloc(0))
    if (answer.opcode !== opSupported) throw new Error(`the node answered OPTIONS with opcode ${answer.opcode}`)
  })
}

/** The bytes of the one column that the query selects, row by row. */
export async function askColumn(target: RawTarget, query: string): Promise<Buffer[]> {
  return await withSocket(target, async (ask) => {
    await startUp(target, ask)
    // QUERY: <long string><consistency><flags> (4.1.4)
    const result = await ask(0x07, Buffer.concat([longString(query), Buffer.from([0x00, 0x01, 0x00])]))
    return rowsOfOneColumn(result.body)
  })
}

type Ask = (opcode: number, body: Buffer) => Promise<{ opcode: number; body: Buffer }>

async function startUp(target: RawTarget, ask: Ask): Promise<void> {
  // STARTUP: <string map> (4.1.1)
  const first = await ask(0x01, Buffer.concat([Buffer.from([0, 1]), shortString('CQL_VERSION'), shortString('3.0.0')]))
  if (first.opcode === opReady) return
  if (first.opcode !== opAuthenticate) throw new Error(`the node answered STARTUP with opcode ${first.opcode}`)
  // AUTH_RESPONSE: <bytes> (4.1.2); a PLAIN token is NUL user NUL password (RFC 4616). Without a password it may be the certificate that counts.
  const token = target.auth === null ? Buffer.alloc(0) : Buffer.from(`\0${target.auth.username}\0${target.auth.password}`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(token.length)
  const second = await ask(0x0f, Buffer.concat([length, token]))
  if (second.opcode !== opAuthSuccess) throw new Error(`the node answered AUTH_RESPONSE with opcode ${second.opcode}`)
}

async function withSocket<T>(target: RawTarget, work: (ask: Ask) => Promise<T>): Promise<T> {
  const where = { host: target.address, port: target.port }
  const socket: Socket = target.tls === null ? connect(where) : connectTls({ ...target.tls, ...where })
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${target.timeoutMs} ms`)), target.timeoutMs)
  try {
    return await work((opcode, body) => exchange(socket, opcode, body))
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

/** Writes one request frame and reads one response frame: version, flags, stream (2), opcode, length (4), body (2). */
function exchange(socket: Socket, opcode: number, body: Buffer): Promise<{ opcode: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const header = Buffer.from([0x04, 0, 0, 0, opcode, 0, 0, 0, 0])
    header.writeInt32BE(body.length, 5)
    let received = Buffer.alloc(0)
    const finish = (error: Error | null): void => {
      socket.off('data', onData)
      socket.off('error', finish)
      socket.off('close', onClose)
      if (error !== null) reject(error)
      else resolve({ opcode: received.readUInt8(4), body: received.subarray(9) })
    }
    const onClose = (): void => finish(new Error('the node closed the connection'))
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      if (received.length < 9 || received.length < 9 + received.readInt32BE(5)) return
      finish(received.readUInt8(4) === opError ? new Error(errorText(received.subarray(9))) : null)
    }
    socket.on('data', onData)
    socket.on('error', finish)
    socket.on('close', onClose)
    socket.write(Buffer.concat([header, body]))
  })
}

/** ERROR: <int code><string message> (9). */
function errorText(body: Buffer): string {
  return `0x${body.readInt32BE(0).toString(16)}: ${body.toString('utf8', 6, 6 + body.readUInt16BE(4))}`
}

/** RESULT of kind Rows (4.2.5.2), with the global table spec and a column whose type has no parameter. */
function rowsOfOneColumn(body: Buffer): Buffer[] {
  if (body.readInt32BE(0) !== 2) throw new Error(`not rows: a result of kind ${body.readInt32BE(0)}`)
  let at = 12 // kind, flags, column count
  for (let i = 0; i < 3; i++) at += 2 + body.readUInt16BE(at) // keyspace, table, column name
  at += 2 // type
  const count = body.readInt32BE(at)
  at += 4
  const rows: Buffer[] = []
  for (let i = 0; i < count; i++) {
    const length = Math.max(body.readInt32BE(at), 0)
    rows.push(body.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return rows
}

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

function longString(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
