/**
 * A change of the schema, as an event and as the result of the statement that made it (native protocol sections 4.2.5.5, 4.2.6):
 *
 *     <change:string><target:string><options>
 *     KEYSPACE:            <keyspace:string>
 *     TABLE, TYPE:         <keyspace:string><name:string>
 *     FUNCTION, AGGREGATE: <keyspace:string><name:string><arg_types:string list>          (v4 and later)
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readStringList, writeStringList } from './notation.js'

type SchemaChangeKind = 'CREATED' | 'UPDATED' | 'DROPPED'
type SchemaChangeTarget = 'KEYSPACE' | 'TABLE' | 'TYPE' | 'FUNCTION' | 'AGGREGATE'

export interface SchemaChange {
  readonly change: SchemaChangeKind
  readonly target: SchemaChangeTarget
  readonly keyspace: string
  /** The table, type, function or aggregate; null for a keyspace. Creating and dropping an index is an UPDATED of its table. */
  readonly name: string | null
  /** CQL types, for functions and aggregates; else null. */
  readonly argTypes: readonly string[] | null
}

const CHANGES: ReadonlySet<string> = new Set<SchemaChangeKind>(['CREATED', 'UPDATED', 'DROPPED'])
const TARGETS: ReadonlySet<string> = new Set<SchemaChangeTarget>(['KEYSPACE', 'TABLE', 'TYPE', 'FUNCTION', 'AGGREGATE'])

export function readSchemaChange(reader: ByteReader): SchemaChange {
  const change = reader.readString('kind of a schema change')
  if (!CHANGES.has(change)) throw new MalformedFrameError(`A schema change is of the unknown kind ${JSON.stringify(change)}`)
  const target = reader.readString('target of a schema change')
  if (!TARGETS.has(target)) throw new MalformedFrameError(`A schema change has the unknown target ${JSON.stringify(target)}`)
  const keyspace = reader.readString('keyspace of a schema change')
  const name = target === 'KEYSPACE' ? null : reader.readString('name of a schema change')
  const argTypes = target === 'FUNCTION' || target === 'AGGREGATE' ? readStringList(reader, 'argument types of a schema change') : null
  return { change: change as SchemaChangeKind, target: target as SchemaChangeTarget, keyspace, name, argTypes }
}

export function writeSchemaChange(writer: ByteWriter, change: SchemaChange): void {
  writer.putString(change.change)
  writer.putString(change.target)
  writer.putString(change.keyspace)
  if (change.target !== 'KEYSPACE') writer.putString(change.name ?? '')
  if (change.target === 'FUNCTION' || change.target === 'AGGREGATE') writeStringList(writer, change.argTypes ?? [])
}
