/**
 * A column's type on the wire, an [option] (native protocol section 4.2.5.2): `<id:short>` and, by id,
 *
 *     0x0000 custom: <class:string>        0x0020 list: <element>        0x0021 map: <key><value>       0x0022 set: <element>
 *     0x0030 UDT: <ks:string><name:string><n:short><name_1:string><type_1>...      0x0031 tuple: <n:short><type_1>...
 *
 * Whether a collection or a UDT is frozen is not said on the wire: types read here have `frozen: false`.
 */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import type { DataType, NativeKind } from '../codec/data-type.js'
import { MARSHAL_NAMES, nativeType } from '../codec/native-names.js'
import { parseColumnClass } from '../codec/parse-type.js'
import { MOST_TYPE_DEPTH } from '../codec/type-tokens.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

const CUSTOM = 0x0000
const LIST = 0x0020
const MAP = 0x0021
const SET = 0x0022
const UDT = 0x0030
const TUPLE = 0x0031

const NATIVE_IDS: ReadonlyMap<NativeKind, number> = new Map<NativeKind, number>([
  ['ascii', 0x0001],
  ['bigint', 0x0002],
  ['blob', 0x0003],
  ['boolean', 0x0004],
  ['counter', 0x0005],
  ['decimal', 0x0006],
  ['double', 0x0007],
  ['float', 0x0008],
  ['int', 0x0009],
  ['timestamp', 0x000b],
  ['uuid', 0x000c],
  ['text', 0x000d],
  ['varint', 0x000e],
  ['timeuuid', 0x000f],
  ['inet', 0x0010],
  ['date', 0x0011],
  ['time', 0x0012],
  ['smallint', 0x0013],
  ['tinyint', 0x0014],
  ['duration', 0x0015],
])

/** 0x000A is the "text" of v1 and v2. */
const NATIVE_TYPES: ReadonlyMap<number, DataType> = new Map<number, DataType>([
  ...[...NATIVE_IDS].map(([kind, id]): [number, DataType] => [id, nativeType(kind)]),
  [0x000a, nativeType('text')],
])

/**
 * The most bytes that the description of one type may take: twice as many as a tuple of 65,535 elements. What is made of a type (its
 * codec, the key that it is found by) takes many times as much.
 */
const MOST_TYPE_BYTES = 1 << 18

/** The type of a column. */
export function readTypeOption(reader: ByteReader): DataType {
  const start = reader.position
  const type = readNested(reader, 1)
  const length = reader.position - start
  if (length > MOST_TYPE_BYTES)
    throw new MalformedFrameError(`The type of a column takes ${length} bytes to describe; at most ${MOST_TYPE_BYTES} are taken`)
  return type
}

/** A lying message must not exhaust the stack. */
function readNested(reader: ByteReader, depth: number): DataType {
  if (depth > MOST_TYPE_DEPTH) throw new MalformedFrameError(`The type of a column is nested more than ${MOST_TYPE_DEPTH} deep`)
  const id = reader.readUint16('type of a column')
  const native = NATIVE_TYPES.get(id)
  if (native !== undefined) return native
  const below = depth + 1
  switch (id) {
    case CUSTOM:
      return parseColumnClass(reader.readString('class name of a custom type'), depth)
    case LIST:
      return { kind: 'list', element: readNested(reader, below), frozen: false }
    case SET:
      return { kind: 'set', element: readNested(reader, below), frozen: false }
    case MAP: {
      const key = readNested(reader, below)
      return { kind: 'map', key, value: readNested(reader, below), frozen: false }
    }
    case UDT:
      return readUdt(reader, below)
    case TUPLE: {
      const count = reader.readUint16('number of elements of a tuple')
      const elements: DataType[] = []
      for (let i = 0; i < count; i++) elements.push(readNested(reader, below))
      return { kind: 'tuple', elements }
    }
    default:
      throw new MalformedFrameError(
        `The type of a column has the id 0x${id.toString(16).padStart(4, '0')}, which the protocol doesn't have`,
      )
  }
}

function readUdt(reader: ByteReader, depth: number): DataType {
  const keyspace = reader.readString('keyspace of a user-defined type')
  const name = reader.readString('name of a user-defined type')
  const count = reader.readUint16('number of fields of a user-defined type')
  const fieldNames: string[] = []
  const fieldTypes: DataType[] = []
  for (let i = 0; i < count; i++) {
    fieldNames.push(reader.readString('field of a user-defined type'))
    fieldTypes.push(readNested(reader, depth))
  }
  return { kind: 'udt', keyspace, name, fieldNames, fieldTypes, frozen: false }
}

/** The other half, for servers. `vector` and `empty` travel as custom types, as Cassandra sends them. */
export function writeTypeOption(writer: ByteWriter, type: DataType): void {
  switch (type.kind) {
    case 'list':
    case 'set':
      writer.putUint16(type.kind === 'list' ? LIST : SET)
      writeTypeOption(writer, type.element)
      return
    case 'map':
      writer.putUint16(MAP)
      writeTypeOption(writer, type.key)
      writeTypeOption(writer, type.value)
      return
    case 'udt':
      writer.putUint16(UDT)
      writer.putString(type.keyspace)
      writer.putString(type.name)
      writer.putUint16(type.fieldNames.length)
      type.fieldNames.forEach((name, i) => {
        writer.putString(name)
        writeTypeOption(writer, type.fieldTypes[i]!)
      })
      return
    case 'tuple':
      writer.putUint16(TUPLE)
      writer.putUint16(type.elements.length)
      for (const element of type.elements) writeTypeOption(writer, element)
      return
    case 'custom':
    case 'vector':
    case 'empty':
      writer.putUint16(CUSTOM)
      writer.putString(marshalClass(type))
      return
    default:
      writer.putUint16(NATIVE_IDS.get(type.kind)!)
  }
}

const MARSHAL = 'org.apache.cassandra.db.marshal.'
/** The class of each native type. Of several the last one counts: those before it are older names. */
const NATIVE_CLASSES: ReadonlyMap<NativeKind, string> = new Map([...MARSHAL_NAMES].map(([name, { kind }]) => [kind, name]))

function marshalClass(type: DataType): string {
  switch (type.kind) {
    case 'custom':
      return type.className
    case 'vector':
      return `${MARSHAL}VectorType(${marshalClass(type.element)}, ${type.dimensions})`
    case 'list':
    case 'set':
      return `${MARSHAL}${type.kind === 'list' ? 'ListType' : 'SetType'}(${marshalClass(type.element)})`
    case 'map':
      return `${MARSHAL}MapType(${marshalClass(type.key)},${marshalClass(type.value)})`
    case 'tuple':
      return `${MARSHAL}TupleType(${type.elements.map(marshalClass).join(',')})`
    case 'udt':
      throw new InvalidArgumentError('A vector of a user-defined type has no wire form here: give it as a custom type with its class name')
    default:
      return MARSHAL + NATIVE_CLASSES.get(type.kind)!
  }
}
