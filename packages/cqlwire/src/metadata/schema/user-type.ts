/** User-defined types of a keyspace. */
import { MalformedFrameError } from '../../base/errors.js'
import type { DataType, UdtType } from '../../codec/data-type.js'
import { MOST_TYPE_DEPTH } from '../../codec/type-tokens.js'
import type { SystemRow } from '../host-row.js'
import { cqlName, layoutOf, parenthesized, qualifiedName } from './cql-text.js'

/** Reads a type as system_schema writes it (`frozen<list<int>>`); `userType` finds a user-defined type of the same keyspace. */
export type ParseType = (text: string, keyspace: string, userType: (name: string) => UdtType | null) => DataType

/** A field of a user-defined type. */
export interface UserTypeField {
  readonly name: string
  readonly type: DataType
  /** The type as the server writes it. */
  readonly typeText: string
}

/** The types of a keyspace as they were read at one time. Tables and functions keep it: types that change make new ones of those too. */
export class UserTypes {
  readonly keyspace: string
  readonly rows: ReadonlyMap<string, SystemRow>
  readonly #parse: ParseType
  readonly #known = new Map<string, UdtType>()
  /** Those that are being made, each for a field of the one before it. */
  readonly #open = new Set<string>()
  #all: ReadonlyMap<string, UserTypeMetadata> | null = null

  constructor(keyspace: string, rows: ReadonlyMap<string, SystemRow>, parse: ParseType) {
    this.keyspace = keyspace
    this.rows = rows
    this.#parse = parse
  }

  /** All of them by name. */
  get all(): ReadonlyMap<string, UserTypeMetadata> {
    return (this.#all ??= new Map(Array.from(this.rows, ([name, row]) => [name, new UserTypeMetadata(row, this)])))
  }

  /** A type by its name as the server has it, or null. */
  get(name: string): UdtType | null {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const row = this.rows.get(name)
    if (row === undefined) return null
    // No server makes a type that holds itself, and none that tells the truth says that it has one.
    if (this.#open.has(name) || this.#open.size >= MOST_TYPE_DEPTH) throw tooDeep(this.keyspace, name)
    this.#open.add(name)
    try {
      const fieldTypes = textsOf(row, 'field_types').map(this.parse)
      const type: UdtType = {
        kind: 'udt',
        keyspace: this.keyspace,
        name,
        fieldNames: textsOf(row, 'field_names'),
        fieldTypes,
        frozen: false,
      }
      this.#known.set(name, type)
      return type
    } finally {
      this.#open.delete(name)
    }
  }

  readonly parse = (text: string): DataType => this.#parse(text, this.keyspace, (name) => this.get(name))
}

/** A user-defined type. Its fields are read when somebody asks for them. */
export class UserTypeMetadata {
  readonly keyspace: string
  readonly name: string
  readonly #row: SystemRow
  readonly #types: UserTypes

  constructor(row: SystemRow, types: UserTypes) {
    this.keyspace = types.keyspace
    this.name = String(row['type_name'])
    this.#row = row
    this.#types = types
  }

  /** The type as codecs take it; not frozen. */
  get type(): UdtType {
    return this.#types.get(this.name)!
  }

  /** In the order of their declaration. */
  get fields(): readonly UserTypeField[] {
    const texts = this.#typeTexts()
    return this.type.fieldNames.map((name, i) => ({ name, type: this.type.fieldTypes[i]!, typeText: texts[i]! }))
  }

  /** The names of the user-defined types that its fields are made of: those have to be made before it. */
  get dependencies(): readonly string[] {
    return [...new Set(this.#typeTexts().flatMap(namesIn))].filter((name) => this.#types.rows.has(name) && name !== this.name)
  }

  /** The statement that makes it. */
  asCql(formatted = false): string {
    const texts = this.#typeTexts()
    const names = textsOf(this.#row, 'field_names')
    const fields = names.map((name, i) => `${cqlName(name)} ${texts[i]!}`)
    return `CREATE TYPE ${qualifiedName(this.keyspace, this.name)} ${parenthesized(fields, layoutOf(formatted))};`
  }

  #typeTexts(): string[] {
    return textsOf(this.#row, 'field_types')
  }
}

/** The types, each after those that it is made of; those that don't depend on each other by name. */
export function inOrderOfMaking(types: ReadonlyMap<string, UserTypeMetadata>): UserTypeMetadata[] {
  const ordered = new Set<UserTypeMetadata>()
  const open = new Set<UserTypeMetadata>()
  const visit = (type: UserTypeMetadata): void => {
    if (open.has(type) || open.size >= MOST_TYPE_DEPTH) throw tooDeep(type.keyspace, type.name)
    open.add(type)
    for (const name of type.dependencies) {
      const other = types.get(name)
      if (other !== undefined && !ordered.has(other)) visit(other)
    }
    open.delete(type)
    ordered.add(type)
  }
  for (const type of [...types.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) if (!ordered.has(type)) visit(type)
  return [...ordered]
}

function textsOf(row: SystemRow, column: string): string[] {
  return Array.from((row[column] as Iterable<string> | null | undefined) ?? [])
}

function tooDeep(keyspace: string, name: string): MalformedFrameError {
  return new MalformedFrameError(
    `The user-defined type ${qualifiedName(keyspace, name)} holds itself, or stands in more than ${MOST_TYPE_DEPTH} others: the schema that the server gave can't be right`,
  )
}

/** All names in the text of a type, those of native types among them. */
function namesIn(typeText: string): string[] {
  return Array.from(typeText.matchAll(/"((?:[^"]|"")*)"|[a-z_][a-z0-9_]*/gi), ([word, quoted]) =>
    quoted === undefined ? word : quoted.replaceAll('""', '"'),
  )
}
