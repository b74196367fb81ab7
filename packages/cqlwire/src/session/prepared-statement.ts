/** A statement that the cluster has prepared: how its values are written, its answers read, and its partition found. */
import { type NotShared, notShared } from '../base/not-shared.js'
import { showInstead } from '../base/show-instead.js'
import type { BindEncoder, BindParameters, RoutingKeyEncoder } from '../codec/bind.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { ReplicaTable, TokenMap } from '../metadata/token-map.js'
import type { ExecuteFrame } from './execute-frame.js'
import type { ResultShape } from './result-shape.js'
import { describeParameters, shortText } from './short-text.js'
import type { RequestOptions } from './request-options.js'

/** What a PREPARE answered, compiled. */
export interface PreparedParts {
  readonly id: Buffer
  readonly query: string
  /** The keyspace that the text was prepared in; null where none was set. */
  readonly keyspace: string | null
  readonly bind: BindEncoder
  /** Null where the partition key isn't bound as a whole. */
  readonly routing: RoutingKeyEncoder | null
  readonly shape: ResultShape
}

const NOT_SHARED: NotShared = notShared('PreparedStatement')

export class PreparedStatement {
  /** @internal */
  readonly notShared: NotShared = NOT_SHARED
  static {
    showInstead(this.prototype, ({ query, keyspace, parameters, columns }) => ({ query: shortText(query), keyspace, parameters, columns }))
  }

  /** What nodes call it: the digest of keyspace and text. */
  readonly id: Buffer
  readonly query: string
  readonly keyspace: string | null
  /** The keyspace and table of the first bind marker, for routing; null without one. */
  readonly table: string | null
  readonly tableKeyspace: string | null
  /** Options that every execution of it has. */
  options: RequestOptions | null = null
  /** @internal */
  readonly bindEncoder: BindEncoder
  /** @internal */
  readonly routing: RoutingKeyEncoder | null
  /**
   * How answers are read now. Replaced as a whole when the server says that the columns changed; a request in flight keeps the one it
   * was sent with.
   * @internal
   */
  shape: ResultShape
  /**
   * The state of the schema that the columns were last found good for; see `SchemaWatch`.
   * @internal
   */
  checkedEpoch = -1
  /**
   * When an answer last brought the columns, in milliseconds of the clock of `SchemaWatch`.
   * @internal
   */
  columnsAt: number = -Infinity
  /**
   * The bytes that the last request shares with the next ones.
   * @internal
   */
  frame: ExecuteFrame | null = null
  #replicas: ReplicaTable | null = null
  #tokenMap: TokenMap | null = null
  #tokenMapVersion = 0

  /** @internal */
  constructor(parts: PreparedParts) {
    const first = parts.bind.columns[0] ?? parts.shape.columns[0]
    this.id = parts.id
    this.query = parts.query
    this.keyspace = parts.keyspace
    this.table = first?.table ?? null
    this.tableKeyspace = first?.keyspace ?? null
    this.bindEncoder = parts.bind
    this.routing = parts.routing
    this.shape = parts.shape
  }

  /**
   * The replicas of its table's keyspace, which are looked up only when the token map has changed; null where the keyspace isn't known.
   * @internal
   */
  replicasIn(tokenMap: TokenMap, sessionKeyspace: string | null): ReplicaTable | null {
    if (this.#tokenMap === tokenMap && this.#tokenMapVersion === tokenMap.version) return this.#replicas
    const { tableKeyspace } = this
    if (tableKeyspace === null) return tokenMap.tableOf(sessionKeyspace ?? '')
    this.#tokenMap = tokenMap
    this.#tokenMapVersion = tokenMap.version
    return (this.#replicas = tokenMap.tableOf(tableKeyspace))
  }

  /** The bind markers: name and type of each parameter. */
  get parameters(): readonly ColumnSpec[] {
    return this.bindEncoder.columns
  }

  /** The columns of its results; empty for writes. */
  get columns(): readonly ColumnSpec[] {
    return this.shape.columns
  }

  /** The statement with values. They are checked when it is executed. */
  bind(params?: BindParameters, options?: RequestOptions): BoundStatement {
    return new BoundStatement(this, params, options)
  }
}

/** A prepared statement with values. */
export class BoundStatement {
  static {
    showInstead(this.prototype, ({ prepared, params }) => ({ query: shortText(prepared.query), parameters: describeParameters(params) }))
  }

  readonly prepared: PreparedStatement
  readonly params: BindParameters
  readonly options: RequestOptions

  constructor(prepared: PreparedStatement, params: BindParameters, options: RequestOptions = {}) {
    this.prepared = prepared
    this.params = params
    this.options = options
  }
}
