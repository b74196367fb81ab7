/** Rows of `select1` and `wide` decoded as straight-line as JavaScript allows: the floor has no idea of types. */

const NO_METADATA = 4
const MORE_PAGES = 2

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const doubleValue = new Float64Array(1)
const doubleBytes = new Uint8Array(doubleValue.buffer)

const int = (b: Buffer, at: number): number => (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!
const long = (b: Buffer, at: number): number => int(b, at) * 4_294_967_296 + (int(b, at + 4) >>> 0)

function double(b: Buffer, at: number): number {
  for (let byte = 0; byte < 8; byte++) doubleBytes[7 - byte] = b[at + byte]!
  return doubleValue[0]!
}

/** What every Buffer has, and its types don't say. */
interface Utf8Slices {
  utf8Slice(start: number, end: number): string
}
const slices = (b: Buffer): Utf8Slices => b as unknown as Utf8Slices

/** Short texts of ASCII are faster put together here than by a call into C++. */
function text(b: Buffer, at: number, length: number): string {
  if (length >= 24) return slices(b).utf8Slice(at, at + length)
  let result = ''
  for (let end = at + length; at < end; at++) {
    const byte = b[at]!
    if (byte > 127) return slices(b).utf8Slice(end - length, end)
    result += String.fromCharCode(byte)
  }
  return result
}

function uuid(b: Buffer, at: number): string {
  let result = ''
  for (let byte = 0; byte < 16; byte++) {
    result += hex[b[at + byte]!]!
    if (byte === 3 || byte === 5 || byte === 7 || byte === 9) result += '-'
  }
  return result
}

/** Where the number of rows stands in the body of a ROWS result without metadata. */
function rowsAt(b: Buffer, start: number): number {
  const flags = int(b, start + 4)
  if ((flags & NO_METADATA) === 0) throw new Error('The answer carries metadata that was not asked for')
  const at = start + 12
  return (flags & MORE_PAGES) === 0 ? at : at + 4 + int(b, at)
}

export interface SingleRow {
  readonly id: number
  readonly name: string
  readonly tags: readonly string[]
  readonly ts: Date
  readonly value: number
}

export function decodeSingle(b: Buffer, start: number): SingleRow {
  let at = rowsAt(b, start) + 4
  const id = long(b, at + 4)
  at += 12
  const nameLength = int(b, at)
  const name = text(b, at + 4, nameLength)
  at += 4 + nameLength
  const tags = new Array<string>(int(b, at + 4))
  at += 8
  for (let index = 0; index < tags.length; index++) {
    const length = int(b, at)
    tags[index] = text(b, at + 4, length)
    at += 4 + length
  }
  const ts = new Date(long(b, at + 4))
  return { id, name, tags, ts, value: double(b, at + 16) }
}

export interface WideRow {
  readonly id: number
  readonly seq: number
  readonly name: string
  readonly ts: Date
  readonly uid: string
  readonly value: number
}

export function decodeWide(b: Buffer, start: number): WideRow[] {
  let at = rowsAt(b, start)
  const rows = new Array<WideRow>(int(b, at))
  at += 4
  for (let index = 0; index < rows.length; index++) {
    const id = int(b, at + 4)
    const seq = long(b, at + 12)
    const length = int(b, at + 20)
    const name = text(b, at + 24, length)
    at += 24 + length
    const ts = new Date(long(b, at + 4))
    const uid = uuid(b, at + 16)
    rows[index] = { id, seq, name, ts, uid, value: double(b, at + 36) }
    at += 44
  }
  return rows
}
