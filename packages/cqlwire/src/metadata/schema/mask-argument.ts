/**
 * Arguments of masking functions as literals of CQL. system_schema.column_masks has them in a form of its own (`AbstractType.getString` of
 * Cassandra): scalar values without quotes, bytes and collections as hexadecimal digits, tuples and user types as fields with colons between.
 */
import { MalformedFrameError } from '../../base/errors.js'
import type { DataType } from '../../codec/data-type.js'
import { decodeValue } from '../../codec/value.js'
import { cqlName, cqlText } from './cql-text.js'

/** Types whose literals stand in quotes. */
const QUOTED: ReadonlySet<DataType['kind']> = new Set(['text', 'ascii', 'inet', 'date', 'time', 'timestamp'])

/** @throws {MalformedFrameError} the text is no value of the type */
export function maskArgument(text: string, type: DataType): string {
  if (QUOTED.has(type.kind)) return cqlText(text)
  switch (type.kind) {
    case 'blob':
    case 'custom':
      return `0x${text}`
    case 'list':
    case 'set':
    case 'map':
    case 'vector':
      return literalOf(decodeValue(type, bytesOf(text)), type)
    case 'tuple':
      return `(${fieldsOf(text, type.elements).join(', ')})`
    case 'udt': {
      const values = fieldsOf(text, type.fieldTypes)
      return `{${values.map((value, i) => `${cqlName(type.fieldNames[i]!)}: ${value}`).join(', ')}}`
    }
    default:
      return text
  }
}

/** A decoded value as a literal. */
function literalOf(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return 'null'
  // Values of the driver's classes, and all others that come here, say in their text what they are.
  const text = value instanceof Date ? value.toISOString() : (value as { toString(): string }).toString()
  if (QUOTED.has(type.kind)) return cqlText(text)
  switch (type.kind) {
    case 'blob':
    case 'custom':
      return `0x${Buffer.from(value as Uint8Array).toString('hex')}`
    case 'list':
    case 'vector':
      return `[${literalsOf(value as Iterable<unknown>, type.element).join(', ')}]`
    case 'set':
      return `{${literalsOf(value as Iterable<unknown>, type.element).join(', ')}}`
    case 'map': {
      const entries = Array.from(value as ReadonlyMap<unknown, unknown>)
      return `{${entries.map(([key, each]) => `${literalOf(key, type.key)}: ${literalOf(each, type.value)}`).join(', ')}}`
    }
    case 'tuple':
      return `(${type.elements.map((element, i) => literalOf((value as readonly unknown[])[i], element)).join(', ')})`
    case 'udt': {
      const fields = value as Readonly<Record<string, unknown>>
      return `{${type.fieldNames.map((name, i) => `${cqlName(name)}: ${literalOf(fields[name], type.fieldTypes[i]!)}`).join(', ')}}`
    }
    default:
      return text
  }
}

function literalsOf(values: Iterable<unknown>, element: DataType): string[] {
  return Array.from(values, (value) => literalOf(value, element))
}

/** `1:@:x\:y`: colons between the fields, `@` for null, a backslash before either where it is part of a value. Fields at the end may be missing. */
function fieldsOf(text: string, types: readonly DataType[]): string[] {
  const fields = text.split(/(?<!\\):/)
  if (fields.length > types.length) throw new MalformedFrameError(`A mask has ${fields.length} values for ${types.length} fields`)
  return types.map((type, i) => {
    const field = fields[i] ?? '@'
    return field === '@' ? 'null' : maskArgument(field.replace(/\\([:@])/g, '$1'), type)
  })
}

function bytesOf(digits: string): Uint8Array {
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits))
    throw new MalformedFrameError('A mask has a value that is no hexadecimal number')
  return Buffer.from(digits, 'hex')
}
