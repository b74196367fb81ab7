/** The compound notations of section 3 that more than one message uses: [string list], [string map], [string multimap], [bytes map]. */
import { InvalidArgumentError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

function putCount(writer: ByteWriter, count: number, what: string): void {
  if (count > 0xffff) throw new InvalidArgumentError(`A ${what} of ${count} entries can't be sent: the protocol takes at most 65,535`)
  writer.putUint16(count)
}

/** [string list]: `<n:short>` and n [string]. */
export function writeStringList(writer: ByteWriter, texts: readonly string[]): void {
  putCount(writer, texts.length, '[string list]')
  for (const text of texts) writer.putString(text)
}

export function readStringList(reader: ByteReader, what: string): string[] {
  const count = reader.readUint16(what)
  const texts: string[] = []
  for (let i = 0; i < count; i++) texts.push(reader.readString(what))
  return texts
}

/** [string map]: `<n:short>` and n pairs of [string]. */
export function writeStringMap(writer: ByteWriter, map: ReadonlyMap<string, string>): void {
  putCount(writer, map.size, '[string map]')
  for (const [key, value] of map) {
    writer.putString(key)
    writer.putString(value)
  }
}

export function readStringMap(reader: ByteReader, what: string): Map<string, string> {
  const count = reader.readUint16(what)
  const map = new Map<string, string>()
  for (let i = 0; i < count; i++) map.set(reader.readString(what), reader.readString(what))
  return map
}

/** [string multimap]: `<n:short>` and n pairs of a [string] and a [string list]. */
export function writeStringMultimap(writer: ByteWriter, map: ReadonlyMap<string, readonly string[]>): void {
  putCount(writer, map.size, '[string multimap]')
  for (const [key, values] of map) {
    writer.putString(key)
    writeStringList(writer, values)
  }
}

export function readStringMultimap(reader: ByteReader, what: string): Map<string, string[]> {
  const count = reader.readUint16(what)
  const map = new Map<string, string[]>()
  for (let i = 0; i < count; i++) map.set(reader.readString(what), readStringList(reader, what))
  return map
}

/** [bytes map]: `<n:short>` and n pairs of a [string] and [bytes]. */
export function writeBytesMap(writer: ByteWriter, map: ReadonlyMap<string, Uint8Array | null>): void {
  putCount(writer, map.size, '[bytes map]')
  for (const [key, value] of map) {
    writer.putString(key)
    writer.putBytes(value)
  }
}

/** The values are copies. */
export function readBytesMap(reader: ByteReader, what: string): Map<string, Buffer | null> {
  const count = reader.readUint16(what)
  const map = new Map<string, Buffer | null>()
  for (let i = 0; i < count; i++) {
    const key = reader.readString(what)
    const value = reader.readBytes(what)
    map.set(key, value === null ? null : Buffer.from(value))
  }
  return map
}
