/**
 * What the rows of system_schema must be before anything is made of them. A node that is broken, or lies, is found out here, with an
 * error that names the table and the column, and not later by whoever happens to ask for that part of the schema.
 */
import { MalformedFrameError } from '../../base/errors.js'
import { isPlainObject } from '../../codec/plain-object.js'
import { describeValue } from '../../values/describe-value.js'
import { Uuid } from '../../values/uuid.js'
import type { SystemRow } from '../host-row.js'

/** What a column holds. All but `name` may be null, or missing where the server is older. */
type Content = 'name' | 'text' | 'texts' | 'texts by text' | 'settings' | 'integer' | 'boolean' | 'booleans'

const isText = (value: unknown): boolean => typeof value === 'string'
const isBytes = (value: unknown): boolean => value instanceof Uint8Array
const isOf = (value: unknown, element: (value: unknown) => boolean): boolean =>
  (Array.isArray(value) || value instanceof Set) && [...(value as Iterable<unknown>)].every(element)
const isMapOf = (value: unknown, element: (value: unknown) => boolean): boolean =>
  value instanceof Map && [...(value as Map<unknown, unknown>)].every(([key, each]) => isText(key) && element(each))

const HOLDS: Readonly<Record<Content, (value: unknown) => boolean>> = {
  name: isText,
  text: isText,
  texts: (value) => isOf(value, isText),
  'texts by text': (value) => isMapOf(value, isText),
  settings: (value) => isMapOf(value, isText) || (isPlainObject(value) && Object.values(value).every(isText)),
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  booleans: (value) => isOf(value, (each) => typeof each === 'boolean'),
}

type Contents = Readonly<Record<string, Content>>

const OF_KEYSPACE: Contents = { keyspace_name: 'name' }
const OF_TABLE: Contents = { keyspace_name: 'name', table_name: 'name' }
const COLUMN: Contents = { ...OF_TABLE, column_name: 'name', clustering_order: 'text', kind: 'name', position: 'integer', type: 'name' }

type SchemaPart =
  | 'keyspaces'
  | 'tables'
  | 'columns'
  | 'types'
  | 'views'
  | 'indexes'
  | 'triggers'
  | 'functions'
  | 'aggregates'
  | 'masks'
  | 'virtualKeyspaces'
  | 'virtualTables'
  | 'virtualColumns'

const PARTS: Readonly<Record<SchemaPart, Contents>> = {
  keyspaces: { ...OF_KEYSPACE, durable_writes: 'boolean', replication: 'settings' },
  tables: { ...OF_TABLE, flags: 'texts' },
  columns: COLUMN,
  types: { ...OF_KEYSPACE, type_name: 'name', field_names: 'texts', field_types: 'texts' },
  views: { ...OF_KEYSPACE, view_name: 'name', base_table_name: 'name', include_all_columns: 'boolean', where_clause: 'text' },
  indexes: { ...OF_TABLE, index_name: 'name', kind: 'name', options: 'texts by text' },
  triggers: { ...OF_TABLE, trigger_name: 'name', options: 'texts by text' },
  functions: {
    ...OF_KEYSPACE,
    function_name: 'name',
    argument_names: 'texts',
    argument_types: 'texts',
    body: 'text',
    called_on_null_input: 'boolean',
    language: 'text',
    return_type: 'name',
  },
  aggregates: {
    ...OF_KEYSPACE,
    aggregate_name: 'name',
    argument_types: 'texts',
    final_func: 'text',
    initcond: 'text',
    return_type: 'name',
    state_func: 'name',
    state_type: 'name',
  },
  masks: {
    ...OF_TABLE,
    column_name: 'name',
    function_keyspace: 'name',
    function_name: 'name',
    function_argument_types: 'texts',
    function_argument_values: 'texts',
    function_argument_nulls: 'booleans',
  },
  virtualKeyspaces: OF_KEYSPACE,
  virtualTables: OF_TABLE,
  virtualColumns: COLUMN,
}

/** Lists that stand side by side. */
const PAIRS: Readonly<Partial<Record<SchemaPart, readonly [string, string]>>> = {
  types: ['field_names', 'field_types'],
  functions: ['argument_names', 'argument_types'],
}

/** Throws a MalformedFrameError where the row can't be one of that part of the schema. */
export function checkSchemaRow(part: SchemaPart, row: SystemRow): void {
  const contents = PARTS[part]
  for (const column in contents) {
    const value = row[column] ?? null
    const content = contents[column]!
    if (value === null ? content === 'name' : !HOLDS[content](value)) refuse(part, column, value, content)
  }
  if (part === 'tables' || part === 'views') checkOptions(part, row)
  const pair = PAIRS[part]
  if (pair !== undefined && sizeOf(row[pair[0]]) !== sizeOf(row[pair[1]]))
    refuse(part, pair[1], row[pair[1]], `as many texts as ${pair[0]}`)
}

/** Options are shown as they come, those of later releases too: what is neither a value nor a group of texts is none. */
function checkOptions(part: SchemaPart, row: SystemRow): void {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value !== 'object' || value === null || value instanceof Uuid || isBytes(value)) continue
    const isOption = column === 'extensions' ? isMapOf(value, isBytes) : isOf(value, isText) || isMapOf(value, isText)
    if (!isOption) refuse(part, column, value, 'a value, texts or texts by text')
  }
}

function sizeOf(values: unknown): number {
  if (Array.isArray(values)) return values.length
  return values instanceof Set ? values.size : 0
}

function refuse(part: SchemaPart, column: string, value: unknown, takes: string): never {
  throw new MalformedFrameError(
    `The schema can't be read: a row of ${part} has ${describeValue(value)} in its column ${column}, where ${takes} must stand`,
  )
}
