/** What a fake node does with a request: answer it, badly or well, or not at all. Plain data, made by `reply`. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from '../base/option-error.js'
import { ServerError } from '../base/server-errors.js'
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
  | { readonly kind: 'slow'; readonly bytesPerSecond: number; readonly then: Reply }
  | { readonly kind: 'twice'; readonly then: Reply }
  | { readonly kind: 'stop-reading'; readonly then: Reply | null }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }
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
  if (typeof row !== 'object' || row === null)
    throw new InvalidArgumentError(`A row of reply.rows() is an array or an object of values, got ${describeValue(row)}`)
  if (Array.isArray(row) && row.length !== columns.length) {
    throw new InvalidArgumentError(`A row of reply.rows() has ${row.length} values for ${columns.length} columns`)
  }
  const unknown = Array.isArray(row) ? undefined : Object.keys(row).find((key) => columns.every(({ name }) => name !== key))
  if (unknown !== undefined)
    throw new InvalidArgumentError(
      `A row of reply.rows() has ${JSON.stringify(unknown)}, which is none of its columns: ${columns.map(({ name }) => name).join(', ')}`,
    )
  return columns.map(({ name, type }, i) => {
    const value: unknown = Array.isArray(row) ? row[i] : (row as Readonly<Record<string, unknown>>)[name]
    return value === null || value === undefined ? null : encodeValue(type, value)
  })
}

/** An error of the driver's own classes, `new OverloadedError('busy')`, with all its fields. */
function error(answer: ServerError): Reply {
  if (answer instanceof ServerError) return { kind: 'error', error: answer }
  throw new InvalidArgumentError(
    `reply.error() takes an error that servers answer with, new OverloadedError('busy') for example, got ${describeValue(answer)}`,
  )
}

/** Throws an InvalidArgumentError where it is no reply: a forgotten `reply.`, or an array of rows. */
export function checkReply(what: string, made: unknown): Reply {
  if (typeof (made as { kind?: unknown } | null | undefined)?.kind === 'string') return made as Reply
  throw new InvalidArgumentError(`${what} takes a reply, reply.rows({ name: 'text' }, [['Ada']]) for example, got ${describeValue(made)}`)
}

function numberFrom(what: string, least: number, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value
  throw new InvalidArgumentError(`${what} takes a number from ${least} on, got ${describeValue(value)}`)
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
  /** Answers at this rate; what comes behind it on the connection waits. */
  slow(bytesPerSecond: number, then: Reply): Reply
  /** Answers twice on the same stream. */
  twice(then: Reply): Reply
  /** Reads nothing more from the connection, after an answer or without one, until the node's `resumeReading()`. */
  stopReading(then?: Reply): Reply
  /** Sends these bytes as they are, whatever they are. */
  raw(bytes: Uint8Array): Reply
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
  delay: (ms, then) => ({ kind: 'delay', ms: numberFrom('reply.delay()', 0, ms), then: checkReply('reply.delay()', then) }),
  slow: (bytesPerSecond, then) => ({
    kind: 'slow',
    bytesPerSecond: numberFrom('reply.slow()', 1, bytesPerSecond),
    then: checkReply('reply.slow()', then),
  }),
  twice: (then) => ({ kind: 'twice', then: checkReply('reply.twice()', then) }),
  stopReading: (then) => ({ kind: 'stop-reading', then: then === undefined ? null : checkReply('reply.stopReading()', then) }),
  raw: (bytes) => {
    if (bytes instanceof Uint8Array) return { kind: 'raw', bytes }
    throw new InvalidArgumentError(`reply.raw() takes bytes, a Buffer or Uint8Array, got ${describeValue(bytes)}`)
  },
  drop: () => ({ kind: 'drop' }),
  close: () => ({ kind: 'close' }),
  extras: (extras, then) => ({ kind: 'extras', extras, then: checkReply('reply.extras()', then) }),
  halfFrame: fault('half-frame'),
  truncated: fault('truncated'),
  garbage: fault('garbage'),
  wrongStream: fault('wrong-stream'),
  oversizedLength: fault('oversized-length'),
  badCrc: fault('bad-crc'),
  badHeaderCrc: fault('bad-header-crc'),
}
