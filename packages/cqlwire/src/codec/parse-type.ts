/** The type that a text says: CQL names, or the class names that stand in older schema tables and in custom types on the wire. */
import { InvalidArgumentError } from '../base/errors.js'
import type { DataType } from './data-type.js'
import { CqlTypeParser, type UdtResolver } from './parse-cql-type.js'
import { isMarshalName, parseMarshal } from './parse-marshal-type.js'
import { TypeTokens } from './type-tokens.js'

export type { UdtResolver } from './parse-cql-type.js'

/** A class of a package: two dots at least, as no CQL type has. Or any class with parameters, as CQL has no parentheses. */
const CLASS_TEXT = /^\s*(?:[\w$]+\s*\.\s*[\w$]+\s*\.|[\w$.]+\s*\()/

/**
 * Parses `map<text, frozen<list<int>>>`, or `org.apache.cassandra.db.marshal.MapType(...)`.
 *
 * @param text a CQL type (names of native types in any case, `varchar` is `text`), a quoted `'class name'`, or a marshal class name
 * @param resolve gives the user-defined types that the text names; without it only those that a marshal class name spells out are known
 * @throws InvalidArgumentError where the text is no type, with the nearest name where one is likely meant
 */
export function parseType(text: string, resolve?: UdtResolver): DataType {
  const tokens = new TypeTokens(text)
  const isClass = CLASS_TEXT.test(text) || (tokens.kind === 'word' && isMarshalName(tokens.value))
  const type = isClass ? parseMarshal(tokens, 1) : new CqlTypeParser(tokens, resolve, parseClassName).parse(1)
  if (tokens.kind !== 'end') tokens.fail(`nothing may follow the type, but something does ${tokens.here()}`)
  return type
}

function parseClassName(className: string): DataType {
  return parseClass(new TypeTokens(className), 1)
}

function parseClass(tokens: TypeTokens, depth: number): DataType {
  const type = parseMarshal(tokens, depth)
  if (tokens.kind !== 'end') tokens.fail(`nothing may follow the class name, but something does ${tokens.here()}`)
  return type
}

/** One for all: an answer may describe any number of columns, and making an error costs more than reading such a column otherwise. */
const NO_TYPE = new InvalidArgumentError('This is the name of no class')

/**
 * The type that a server gives by its marshal class, `depth` deep within others. A class that can't be made out stays what it is, a custom
 * type whose values are bytes: the row remains readable.
 */
export function parseColumnClass(className: string, depth: number): DataType {
  try {
    return parseClass(new TypeTokens(className, NO_TYPE), depth)
  } catch (error) {
    if (error !== NO_TYPE) throw error
    return { kind: 'custom', className }
  }
}
