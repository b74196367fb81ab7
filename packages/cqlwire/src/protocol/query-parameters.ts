/**
 * The parameters of QUERY and EXECUTE (native protocol section 4.1.4):
 *
 *     <consistency><flags>[<n>[name_1]<value_1>...[name_n]<value_n>][<result_page_size>][<paging_state>]
 *         [<serial_consistency>][<timestamp>][<keyspace>][<now_in_seconds>]
 *
 * <flags> is a [byte] in v3 and v4, an [int] in v5; <keyspace> and <now_in_seconds> are v5.
 */
import { InvalidArgumentError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { Consistency, QueryFlag } from './constants.js'
import { readValues } from './values.js'
import type { ReceivedValue } from './values.js'

/** Writes `<n>` as a [short] and the n values (each with its name before it where `namedValues` is set). Made once per statement. */
export interface ValueWriter {
  // The bytes' one gate: what `params` must look like is known only to the writer that was compiled for the statement.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  write(writer: ByteWriter, params: any): void
}

/** Mutable, so that one instance can be filled again for each request: `writeQueryParameters` keeps nothing of it. */
export class QueryParameters {
  /** A code of `Consistency`. */
  consistency: number
  /** `Consistency.SERIAL`, `Consistency.LOCAL_SERIAL` or -1 for the server's default. */
  serialConsistency: number
  skipMetadata: boolean
  /** Rows a page; 0 turns paging off. */
  pageSize: number
  pageState: Uint8Array | null
  hasTimestamp: boolean
  /** Microseconds since 1970 as the two halves of a 64-bit integer. */
  timestampHigh: number
  timestampLow: number
  /** v5 only. */
  keyspace: string | null
  /** v5 only; seconds since 1970. */
  nowInSeconds: number | null
  values: ValueWriter | null
  params: unknown
  namedValues: boolean

  constructor() {
    this.consistency = Consistency.LOCAL_ONE
    this.serialConsistency = -1
    this.skipMetadata = false
    this.pageSize = 0
    this.pageState = null
    this.hasTimestamp = false
    this.timestampHigh = 0
    this.timestampLow = 0
    this.keyspace = null
    this.nowInSeconds = null
    this.values = null
    this.params = null
    this.namedValues = false
  }
}

export function writeQueryParameters(writer: ByteWriter, version: number, p: QueryParameters): void {
  let flags = 0
  if (p.values !== null) flags = p.namedValues ? QueryFlag.VALUES | QueryFlag.NAMED_VALUES : QueryFlag.VALUES
  if (p.skipMetadata) flags |= QueryFlag.SKIP_METADATA
  if (p.pageSize > 0) flags |= QueryFlag.PAGE_SIZE
  if (p.pageState !== null) flags |= QueryFlag.PAGING_STATE
  if (p.serialConsistency >= 0) flags |= QueryFlag.SERIAL_CONSISTENCY
  if (p.hasTimestamp) flags |= QueryFlag.DEFAULT_TIMESTAMP
  if (p.keyspace !== null) flags |= QueryFlag.KEYSPACE
  if (p.nowInSeconds !== null) flags |= QueryFlag.NOW_IN_SECONDS

  writer.putUint16(p.consistency)
  if (version >= 5) writer.putInt32(flags)
  else {
    if (flags > 0x7f) refuseBeforeV5(version, flags)
    writer.putUint8(flags)
  }
  if (p.values !== null) p.values.write(writer, p.params)
  if (p.pageSize > 0) writer.putInt32(p.pageSize)
  if (p.pageState !== null) writer.putBytes(p.pageState)
  if (p.serialConsistency >= 0) writer.putUint16(p.serialConsistency)
  if (p.hasTimestamp) writer.putInt64(p.timestampHigh, p.timestampLow)
  if (p.keyspace !== null) writer.putString(p.keyspace)
  if (p.nowInSeconds !== null) writer.putInt32(p.nowInSeconds)
}

/** Leaving a keyspace out in silence would run the request in another one. */
export function refuseBeforeV5(version: number, flags: number): never {
  const what = (flags & QueryFlag.KEYSPACE) !== 0 ? 'A keyspace of its own' : 'nowInSeconds'
  throw new InvalidArgumentError(`${what} for a request needs protocol v5, this connection speaks v${version}. Nothing was sent`)
}

/** What a server reads of the parameters. */
export interface ReceivedParameters {
  readonly consistency: number
  /** -1 where the request left it out. */
  readonly serialConsistency: number
  readonly skipMetadata: boolean
  readonly pageSize: number
  readonly pageState: Buffer | null
  readonly timestamp: bigint | null
  readonly keyspace: string | null
  readonly nowInSeconds: number | null
  /** In the order of the message; empty where it has none. */
  readonly values: readonly ReceivedValue[]
  /** The values' names, where the request names them. */
  readonly names: readonly string[] | null
}

export function readQueryParameters(reader: ByteReader, version: number): ReceivedParameters {
  const consistency = reader.readUint16('consistency')
  const flags = version >= 5 ? reader.readInt32('flags') : reader.readUint8('flags')
  const named = (flags & QueryFlag.NAMED_VALUES) !== 0
  const { values, names } = (flags & QueryFlag.VALUES) !== 0 ? readValues(reader, version, named) : { values: [], names: null }
  const pageSize = (flags & QueryFlag.PAGE_SIZE) !== 0 ? reader.readInt32('page size') : 0
  const pageState = (flags & QueryFlag.PAGING_STATE) !== 0 ? reader.readBytes('paging state') : null
  return {
    consistency,
    skipMetadata: (flags & QueryFlag.SKIP_METADATA) !== 0,
    values,
    names,
    pageSize,
    pageState: pageState === null ? null : Buffer.from(pageState),
    ...readTail(reader, version, flags),
  }
}

type Tail = Pick<ReceivedParameters, 'serialConsistency' | 'timestamp' | 'keyspace' | 'nowInSeconds'>

/** The part that QUERY, EXECUTE and BATCH have in common. */
export function readTail(reader: ByteReader, version: number, flags: number): Tail {
  const v5 = version >= 5
  return {
    serialConsistency: (flags & QueryFlag.SERIAL_CONSISTENCY) !== 0 ? reader.readUint16('serial consistency') : -1,
    timestamp: (flags & QueryFlag.DEFAULT_TIMESTAMP) !== 0 ? reader.readBigInt64('timestamp') : null,
    keyspace: v5 && (flags & QueryFlag.KEYSPACE) !== 0 ? reader.readString('keyspace') : null,
    nowInSeconds: v5 && (flags & QueryFlag.NOW_IN_SECONDS) !== 0 ? reader.readInt32('now in seconds') : null,
  }
}
