/** What a fake node does with a request: answer it, badly or well, or not at all. Plain data, made by `reply`. */
import { InvalidArgumentError } from '../base/errors.js'
import type { ServerError } from '../base/server-errors.js'
import type { ColumnSpec } from '../codec/data-type.js'
import { parseType } from '../codec/parse-type.js'
import { encodeValue } from '../codec/value.js'
import type { SchemaChange } from '../protocol/schema-change.js'

/** Damage to an answer. */
export type FaultName = 'half-frame' | 'truncated' | 'garbage' | 'wrong-stream' | 'oversized-length' | 'bad-crc' | 'bad-header-crc'

export interface RowsReply {
  readonly kind: 'rows'
  readonly columns: readonly ColumnSpec[]
  /** As bytes, in the columns' order. */
  readonly rows: readonly (readonly (Uint8Array | null)[])[]
  readonly pageState: Uint8Array | null
}

/** What goes along with an answer. */
export interface ReplyExtras {
  readonly warnings?: readonly string[]
  /** 16 bytes. */
  readonly traceId?: Uint8Array
  readonly customPayload?: ReadonlyMap<string, Uint8Array | null>
}

export type Reply =
  | { readonly kind: 'void' }
  | RowsReply
  | { readonly kind: 'set-keyspace'; readonly keyspace: string }
  | { readonly kind: 'schema-change'; readonly change: SchemaChange }
  | { readonly kind: 'error'; readonly error: ServerError }
  | { readonly kind: 'drop' }
  | { readonly kind: 'close' }
  | { readonly kind: 'fault'; readonly fault: FaultName }
  | { readonly kind: 'delay'; readonly ms: number; readonly then: Reply }
  | { readonly kind: 'extras'; readonly extras: ReplyExtras; readonly then: Reply }

export interface RowsOptions {
  readonly keyspace?: string
  readonly table?: string
  /** There is a further page: what the client must send to get it. */
  readonly pageState?: Uint8Array
}

/** Rows of columns given as `{ name: 'text', age: 'int' }`; each row as an array in that order, or as an object. */
function rows(
  columns: Readonly<Record<string, string>>,
  values: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[] = [],
  options: RowsOptions = {},
): RowsReply {
  const specs = columnSpecs(columns, options.keyspace ?? 'ks', options.table ?? 't')
  return { kind: 'rows', columns: specs, rows: values.map((row) => encodeRow(specs, row)), pageState: options.pageState ?? null }
}

export function columnSpecs(columns: Readonly<Record<string, string>>, keyspace: string, table: string): ColumnSpec[] {
  return Object.entries(columns).map(([name, type]) => ({ keyspace, table, name, type: parseType(type) }))
}

function encodeRow(columns: readonly ColumnSpec[], row: readonly unknown[] | Readonly<Record<string, unknown>>): (Uint8Array | null)[] {
  if (Array.isArray(row) && row.length !== columns.length) {
    throw new InvalidArgumentError(`A row of reply.rows() has ${row.length} values for ${columns.length} columns`)
  }
  return columns.map(({ name, type }, i) => {
    const value: unknown = Array.isArray(row) ? row[i] : (row as Readonly<Record<string, unknown>>)[name]
    return value === null || value === undefined ? null : encodeValue(type, value)
  })
}

/** An error of the driver's own classes, `new OverloadedError('busy')`, with all its fields. */
function error(answer: ServerError): Reply {
  return { kind: 'error', error: answer }
}

const fault = (name: FaultName) => (): Reply => ({ kind: 'fault', fault: name })

/** Makes replies: `fake.when('SELECT name FROM users', reply.rows({ name: 'text' }, [['Ada']]))`. */
export interface ReplyMaker {
  readonly rows: typeof rows
  /** A result without rows. */
  void(): Reply
  setKeyspace(keyspace: string): Reply
  schemaChange(change: SchemaChange): Reply
  readonly error: typeof error
  /** Answers after so many milliseconds. */
  delay(ms: number, then: Reply): Reply
  /** Never answers. */
  drop(): Reply
  /** Closes the connection instead of answering. */
  close(): Reply
  /** Warnings, a tracing id or a custom payload with the answer. */
  extras(extras: ReplyExtras, then: Reply): Reply
  /** Sends the first half of an answer and keeps the connection open. */
  halfFrame(): Reply
  /** Sends the first half of an answer and ends the connection. */
  truncated(): Reply
  /** Sends bytes that are not CQL. */
  garbage(): Reply
  /** Answers on a stream on which nothing was asked. */
  wrongStream(): Reply
  /** Sends a frame's head that announces 2 GiB. */
  oversizedLength(): Reply
  /** v5: a segment whose payload does not fit its checksum. Before v5, which has none: the same as `garbage`. */
  badCrc(): Reply
  /** v5: a segment whose head does not fit its checksum. Before v5: the same as `garbage`. */
  badHeaderCrc(): Reply
}

export const reply: ReplyMaker = {
  rows,
  void: () => ({ kind: 'void' }),
  setKeyspace: (keyspace) => ({ kind: 'set-keyspace', keyspace }),
  schemaChange: (change) => ({ kind: 'schema-change', change }),
  error,
  delay: (ms, then) => ({ kind: 'delay', ms, then }),
  drop: () => ({ kind: 'drop' }),
  close: () => ({ kind: 'close' }),
  extras: (extras, then) => ({ kind: 'extras', extras, then }),
  halfFrame: fault('half-frame'),
  truncated: fault('truncated'),
  garbage: fault('garbage'),
  wrongStream: fault('wrong-stream'),
  oversizedLength: fault('oversized-length'),
  badCrc: fault('bad-crc'),
  badHeaderCrc: fault('bad-header-crc'),
}
