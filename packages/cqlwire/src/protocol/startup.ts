/**
 * The messages that open a connection (native protocol sections 4.1.1, 4.1.3, 4.2.2, 4.2.4):
 *
 *     OPTIONS:   empty
 *     SUPPORTED: <options:string multimap>
 *     STARTUP:   <options:string map>
 *     READY:     empty
 *
 * They are never compressed, and in v5 not in segments: those begin after READY or AUTHENTICATE (section 2.3.1).
 */
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readStringMap, readStringMultimap, writeStringMap, writeStringMultimap } from './notation.js'

/** What STARTUP says; an option that is undefined is left out. */
export interface StartupOptions {
  /** `'3.0.0'` is the only one that servers take. */
  readonly CQL_VERSION: string
  readonly COMPRESSION?: string | undefined
  readonly DRIVER_NAME?: string | undefined
  readonly DRIVER_VERSION?: string | undefined
  /** `'1'`: answer OVERLOADED instead of not reading from the connection. */
  readonly THROW_ON_OVERLOAD?: string | undefined
  readonly [option: string]: string | undefined
}

export function writeStartup(writer: ByteWriter, options: StartupOptions): void {
  const given = new Map<string, string>()
  for (const [option, value] of Object.entries(options)) if (value !== undefined) given.set(option, value)
  writeStringMap(writer, given)
}

export function readStartup(reader: ByteReader): Map<string, string> {
  return readStringMap(reader, 'STARTUP options')
}

export function writeSupported(writer: ByteWriter, options: ReadonlyMap<string, readonly string[]>): void {
  writeStringMultimap(writer, options)
}

/** Option → the values that the server takes: `CQL_VERSION`, `COMPRESSION`, `PROTOCOL_VERSIONS` (`4/v4`, `5/v5`) and others. */
export function readSupported(reader: ByteReader): Map<string, string[]> {
  return readStringMultimap(reader, 'SUPPORTED options')
}
