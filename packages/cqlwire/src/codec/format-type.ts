/** Types as text in CQL. */
import { InvalidArgumentError } from '../base/errors.js'
import type { DataType } from './data-type.js'
import { CQL_NAMES } from './native-names.js'
import { MOST_TYPE_DEPTH } from './type-tokens.js'

const PLAIN_NAME = /^[a-z][a-z0-9_]*$/
/** Words that begin a type, so that a user type of that name has to be quoted. */
const TYPE_WORDS: readonly string[] = ['frozen', 'list', 'map', 'set', 'tuple', 'vector']

function formatName(name: string): string {
  return PLAIN_NAME.test(name) && !CQL_NAMES.has(name) && !TYPE_WORDS.includes(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function format(type: DataType, depth: number): string {
  if (depth > MOST_TYPE_DEPTH) throw new InvalidArgumentError(`Types stand more than ${MOST_TYPE_DEPTH} deep in each other`)
  switch (type.kind) {
    case 'list':
    case 'set':
      return frozen(type, `${type.kind}<${format(type.element, depth + 1)}>`)
    case 'map':
      return frozen(type, `map<${format(type.key, depth + 1)}, ${format(type.value, depth + 1)}>`)
    case 'tuple':
      return `frozen<tuple<${type.elements.map((element) => format(element, depth + 1)).join(', ')}>>`
    case 'vector':
      return `vector<${format(type.element, depth + 1)}, ${type.dimensions}>`
    case 'udt':
      return frozen(type, formatName(type.name))
    case 'custom':
      return `'${type.className.replaceAll("'", "''")}'`
    default:
      return type.kind
  }
}

function frozen(type: { readonly frozen: boolean }, text: string): string {
  return type.frozen ? `frozen<${text}>` : text
}

/** The type in CQL, as Cassandra's schema tables write it: `map<text, frozen<list<int>>>`; user types by their name, without the keyspace. */
export function formatType(type: DataType): string {
  return format(type, 1)
}
