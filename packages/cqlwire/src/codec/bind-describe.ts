/** The CQL text of a type, for error messages. */
import type { DataType } from './data-type.js'

export function describeType(type: DataType): string {
  switch (type.kind) {
    case 'list':
    case 'set':
      return `${type.kind}<${describeType(type.element)}>`
    case 'map':
      return `map<${describeType(type.key)}, ${describeType(type.value)}>`
    case 'tuple':
      return `tuple<${type.elements.map(describeType).join(', ')}>`
    case 'vector':
      return `vector<${describeType(type.element)}, ${type.dimensions}>`
    case 'udt':
      return `${type.keyspace}.${type.name}`
    case 'custom':
      return type.className
    default:
      return type.kind
  }
}
