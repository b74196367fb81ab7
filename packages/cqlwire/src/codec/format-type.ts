/** Types as text: in CQL, and as a key under which equal types meet. */
import { InvalidArgumentError } from '../base/errors.js'
import type { DataType, UdtType } from './data-type.js'
import { CQL_NAMES } from './native-names.js'
import { MOST_TYPE_DEPTH } from './type-tokens.js'

const PLAIN_NAME = /^[a-z][a-z0-9_]*$/
/** Words that begin a type, so that a user type of that name has to be quoted. */
const TYPE_WORDS: readonly string[] = ['frozen', 'list', 'map', 'set', 'tuple', 'vector']

function formatName(name: string): string {
  return PLAIN_NAME.test(name) && !CQL_NAMES.has(name) && !TYPE_WORDS.includes(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** How the two texts differ: whether frozen types say so, and how a user type is written. */
interface Style {
  readonly showFrozen: boolean
  readonly udt: (type: UdtType, depth: number) => string
}

function format(type: DataType, depth: number, style: Style): string {
  if (depth > MOST_TYPE_DEPTH) throw new InvalidArgumentError(`Types stand more than ${MOST_TYPE_DEPTH} deep in each other`)
  switch (type.kind) {
    case 'list':
    case 'set':
      return frozen(type, style, `${type.kind}<${format(type.element, depth + 1, style)}>`)
    case 'map':
      return frozen(type, style, `map<${format(type.key, depth + 1, style)}, ${format(type.value, depth + 1, style)}>`)
    case 'tuple':
      return `frozen<tuple<${type.elements.map((element) => format(element, depth + 1, style)).join(', ')}>>`
    case 'vector':
      return `vector<${format(type.element, depth + 1, style)}, ${type.dimensions}>`
    case 'udt':
      return frozen(type, style, style.udt(type, depth))
    case 'custom':
      return `'${type.className.replaceAll("'", "''")}'`
    default:
      return type.kind
  }
}

function frozen(type: { readonly frozen: boolean }, style: Style, text: string): string {
  return style.showFrozen && type.frozen ? `frozen<${text}>` : text
}

const CQL: Style = { showFrozen: true, udt: (type) => formatName(type.name) }

const KEY: Style = {
  showFrozen: false,
  udt: (type, depth) => {
    const fields = type.fieldNames.map((name, i) => `${JSON.stringify(name)} ${format(type.fieldTypes[i]!, depth + 1, KEY)}`)
    return `${JSON.stringify(type.keyspace)}.${JSON.stringify(type.name)}(${fields.join(', ')})`
  },
}

/** The type in CQL, as Cassandra's schema tables write it: `map<text, frozen<list<int>>>`; user types by their name, without the keyspace. */
export function formatType(type: DataType): string {
  return format(type, 1, CQL)
}

/** A text that two types share exactly where their values are written alike: with the fields of user types, and without `frozen`. */
export function typeKey(type: DataType): string {
  return format(type, 1, KEY)
}
