/**
 * Types as Cassandra's classes write them (org.apache.cassandra.db.marshal.TypeParser):
 *
 *   type := class [ '(' parameter , ... ')' ]      the class with its package, or without where it is Cassandra's
 *
 * ListType(t), SetType(t), MapType(k,v), TupleType(t,...), VectorType(t , n), FrozenType(t), ReversedType(t),
 * UserType(keyspace,hex name,hex field:t,...). Every other class with or without parameters is a custom type, whose values are bytes.
 */
import type { DataType } from './data-type.js'
import { MARSHAL_NAMES } from './native-names.js'
import { freeze, readDimensions } from './parse-cql-type.js'
import type { TypeTokens } from './type-tokens.js'

const MARSHAL_PACKAGE = 'org.apache.cassandra.db.marshal.'

const PARAMETRIC: readonly string[] = [
  'ListType',
  'SetType',
  'MapType',
  'TupleType',
  'VectorType',
  'FrozenType',
  'ReversedType',
  'UserType',
]

/** True for the classes that may be written without their package. */
export function isMarshalName(name: string): boolean {
  return MARSHAL_NAMES.has(name) || PARAMETRIC.includes(name) || name === 'CompositeType' || name === 'DynamicCompositeType'
}

export function parseMarshal(tokens: TypeTokens, depth: number): DataType {
  tokens.enter(depth)
  const start = tokens.start
  let name = tokens.word('the name of a class')
  let end = start + name.length
  while (tokens.isMark('.')) {
    tokens.next()
    end = tokens.end
    name += `.${tokens.word('the name of a class')}`
  }
  const short = name.startsWith(MARSHAL_PACKAGE) ? name.slice(MARSHAL_PACKAGE.length) : name
  const native = MARSHAL_NAMES.get(short)
  if (native !== undefined) return native
  if (!tokens.isMark('(')) return { kind: 'custom', className: tokens.text.slice(start, end) }
  if (!PARAMETRIC.includes(short)) {
    end = skipParameters(tokens, depth)
    return { kind: 'custom', className: tokens.text.slice(start, end) }
  }
  tokens.next()
  const type = parameters(tokens, short, depth + 1)
  tokens.expect(')')
  return type
}

function parameters(tokens: TypeTokens, name: string, depth: number): DataType {
  if (name === 'UserType') return userType(tokens, depth)
  const first = parseMarshal(tokens, depth)
  switch (name) {
    case 'ListType':
    case 'SetType':
      return { kind: name === 'ListType' ? 'list' : 'set', element: first, frozen: false }
    case 'MapType':
      tokens.expect(',')
      return { kind: 'map', key: first, value: parseMarshal(tokens, depth), frozen: false }
    case 'VectorType':
      tokens.expect(',')
      return { kind: 'vector', element: first, dimensions: readDimensions(tokens) }
    case 'FrozenType':
      return freeze(first)
    case 'ReversedType':
      return first
    default: {
      const elements = [first]
      while (tokens.skip(',')) elements.push(parseMarshal(tokens, depth))
      return { kind: 'tuple', elements }
    }
  }
}

function userType(tokens: TypeTokens, depth: number): DataType {
  const keyspace = tokens.word('a keyspace')
  tokens.expect(',')
  const name = fromHex(tokens, 'the hexadecimal name of a user-defined type')
  const fieldNames: string[] = []
  const fieldTypes: DataType[] = []
  while (tokens.skip(',')) {
    fieldNames.push(fromHex(tokens, 'the hexadecimal name of a field'))
    tokens.expect(':')
    fieldTypes.push(parseMarshal(tokens, depth))
  }
  return { kind: 'udt', keyspace, name, fieldNames, fieldTypes, frozen: false }
}

function fromHex(tokens: TypeTokens, what: string): string {
  const here = tokens.here()
  const hex = tokens.word(what)
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex)) tokens.fail(`expected ${what} ${here}`)
  return Buffer.from(hex, 'hex').toString('utf8')
}

/** Passes over balanced parentheses, whatever they hold; gives where they end. */
function skipParameters(tokens: TypeTokens, depth: number): number {
  let open = 0
  for (;;) {
    if (tokens.kind === 'end') tokens.fail("expected ')' at the end")
    if (tokens.isMark('(')) tokens.enter(depth + ++open)
    const closes = tokens.isMark(')')
    const { end } = tokens
    tokens.next()
    if (closes && --open === 0) return end
  }
}
