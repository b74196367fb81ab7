/**
 * Bound values as a server reads them (native protocol section 4.1.4):
 *
 *     <n:short>[name_1:string]<value_1:value>...[name_n]<value_n>
 *
 * A [value] is an [int] length and the bytes; -1 is null and, from v4 on, -2 is "not set".
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { NULL_LENGTH, UNSET_LENGTH } from './constants.js'

/** The bytes (a copy), null, or undefined for a value that is not set. */
export type ReceivedValue = Buffer | null | undefined

export interface ReceivedValues {
  readonly values: ReceivedValue[]
  readonly names: string[] | null
}

export function readValues(reader: ByteReader, version: number, named: boolean): ReceivedValues {
  const count = reader.readUint16('number of values')
  const values: ReceivedValue[] = []
  const names: string[] | null = named ? [] : null
  for (let i = 0; i < count; i++) {
    if (names !== null) names.push(reader.readString('name of a value'))
    values.push(readValue(reader, version))
  }
  return { values, names }
}

function readValue(reader: ByteReader, version: number): ReceivedValue {
  const length = reader.readInt32('length of a value')
  if (length === NULL_LENGTH) return null
  if (length === UNSET_LENGTH && version >= 4) return undefined
  if (length < 0) throw new MalformedFrameError(`A bound value has the length ${length}, which protocol v${version} has no meaning for`)
  return Buffer.from(reader.readRaw(length, 'value'))
}
