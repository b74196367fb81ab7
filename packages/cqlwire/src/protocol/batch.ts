/**
 * BATCH (native protocol section 4.1.7):
 *
 *     <type:byte><n:short><query_1>...<query_n><consistency><flags>[<serial_consistency>][<timestamp>][<keyspace>][<now_in_seconds>]
 *     <query_i>: <kind:byte><string_or_id><n:short><value_1>...<value_n>
 *
 * <kind> 0 is a query's text as [long string], 1 a prepared id as [short bytes]. <flags> is a [byte] before v5, an [int] there.
 * The specification says itself that names for values (flag 0x40) don't work in a batch; they are not written here.
 */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { QueryFlag } from './constants.js'
import { readTail, refuseBeforeV5 } from './query-parameters.js'
import type { ReceivedParameters, ValueWriter } from './query-parameters.js'
import { readValues } from './values.js'
import type { ReceivedValue } from './values.js'

/** One statement of a batch: `query` its text, or null and `id` of a prepared one. */
export interface BatchEntry {
  readonly query: string | null
  readonly id: Uint8Array | null
  readonly values: ValueWriter | null
  readonly params: unknown
}

export interface BatchRequest {
  /** A number of `BatchType`. */
  readonly type: number
  readonly statements: readonly BatchEntry[]
  /** A code of `Consistency`. */
  readonly consistency: number
  /** `Consistency.SERIAL`, `Consistency.LOCAL_SERIAL` or -1. */
  readonly serialConsistency: number
  readonly hasTimestamp: boolean
  readonly timestampHigh: number
  readonly timestampLow: number
  /** v5 only. */
  readonly keyspace: string | null
  /** v5 only. */
  readonly nowInSeconds: number | null
}

const MAX_STATEMENTS = 0xffff
const KIND_QUERY = 0
const KIND_PREPARED = 1

export function writeBatch(writer: ByteWriter, version: number, batch: BatchRequest): void {
  const { statements } = batch
  if (statements.length > MAX_STATEMENTS) {
    throw new InvalidArgumentError(
      `A batch of ${statements.length} statements can't be sent: the protocol takes at most 65,535. Split it into several`,
    )
  }
  writer.putUint8(batch.type)
  writer.putUint16(statements.length)
  for (let i = 0; i < statements.length; i++) writeEntry(writer, statements[i]!, i)
  writer.putUint16(batch.consistency)

  let flags = 0
  if (batch.serialConsistency >= 0) flags |= QueryFlag.SERIAL_CONSISTENCY
  if (batch.hasTimestamp) flags |= QueryFlag.DEFAULT_TIMESTAMP
  if (batch.keyspace !== null) flags |= QueryFlag.KEYSPACE
  if (batch.nowInSeconds !== null) flags |= QueryFlag.NOW_IN_SECONDS
  if (version >= 5) writer.putInt32(flags)
  else {
    if (flags > 0x7f) refuseBeforeV5(version, flags)
    writer.putUint8(flags)
  }
  if (batch.serialConsistency >= 0) writer.putUint16(batch.serialConsistency)
  if (batch.hasTimestamp) writer.putInt64(batch.timestampHigh, batch.timestampLow)
  if (batch.keyspace !== null) writer.putString(batch.keyspace)
  if (batch.nowInSeconds !== null) writer.putInt32(batch.nowInSeconds)
}

function writeEntry(writer: ByteWriter, entry: BatchEntry, index: number): void {
  if (entry.id !== null) {
    writer.putUint8(KIND_PREPARED)
    writer.putShortBytes(entry.id)
  } else if (entry.query !== null) {
    writer.putUint8(KIND_QUERY)
    writer.putLongString(entry.query)
  } else throw new InvalidArgumentError(`Statement ${index} of the batch has neither a text nor a prepared id`)
  if (entry.values === null) writer.putUint16(0)
  else entry.values.write(writer, entry.params)
}

interface ReceivedBatchEntry {
  readonly query: string | null
  readonly id: Buffer | null
  readonly values: readonly ReceivedValue[]
}

export type ReceivedBatch = Pick<ReceivedParameters, 'consistency' | 'serialConsistency' | 'timestamp' | 'keyspace' | 'nowInSeconds'> & {
  readonly type: number
  readonly statements: readonly ReceivedBatchEntry[]
}

export function readBatch(reader: ByteReader, version: number): ReceivedBatch {
  const type = reader.readUint8('batch type')
  const count = reader.readUint16('number of statements')
  const statements: ReceivedBatchEntry[] = []
  for (let i = 0; i < count; i++) statements.push(readEntry(reader, version))
  const consistency = reader.readUint16('consistency')
  const flags = version >= 5 ? reader.readInt32('flags') : reader.readUint8('flags')
  return { type, statements, consistency, ...readTail(reader, version, flags) }
}

function readEntry(reader: ByteReader, version: number): ReceivedBatchEntry {
  const kind = reader.readUint8('kind of a statement')
  if (kind !== KIND_QUERY && kind !== KIND_PREPARED) {
    throw new MalformedFrameError(`A statement of a batch is of the kind ${kind}; the protocol has 0 (text) and 1 (prepared)`)
  }
  const query = kind === KIND_QUERY ? reader.readLongString('query') : null
  const id = kind === KIND_PREPARED ? Buffer.from(reader.readShortBytes('prepared id')) : null
  return { query, id, values: readValues(reader, version, false).values }
}
