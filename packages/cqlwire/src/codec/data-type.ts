/** The model of CQL's data types (native protocol, section 4.2.5.2 "type codes"; CQL's own names). Plain frozen data, compared by shape. */

/** Native types by their CQL name; `varchar` is read as `text`, `counter` stays itself. `empty` is the marshal class EmptyType. */
export type NativeKind =
  | 'ascii'
  | 'bigint'
  | 'blob'
  | 'boolean'
  | 'counter'
  | 'date'
  | 'decimal'
  | 'double'
  | 'duration'
  | 'empty'
  | 'float'
  | 'inet'
  | 'int'
  | 'smallint'
  | 'text'
  | 'time'
  | 'timestamp'
  | 'timeuuid'
  | 'tinyint'
  | 'uuid'
  | 'varint'

export interface NativeType {
  readonly kind: NativeKind
}

export interface ListType {
  readonly kind: 'list'
  readonly element: DataType
  readonly frozen: boolean
}

export interface SetType {
  readonly kind: 'set'
  readonly element: DataType
  readonly frozen: boolean
}

export interface MapType {
  readonly kind: 'map'
  readonly key: DataType
  readonly value: DataType
  readonly frozen: boolean
}

export interface TupleType {
  readonly kind: 'tuple'
  readonly elements: readonly DataType[]
}

export interface UdtType {
  readonly kind: 'udt'
  readonly keyspace: string
  readonly name: string
  readonly fieldNames: readonly string[]
  readonly fieldTypes: readonly DataType[]
  readonly frozen: boolean
}

/** `vector<element, dimensions>` (Cassandra 5.0; on the wire a custom type with the class VectorType). */
export interface VectorType {
  readonly kind: 'vector'
  readonly element: DataType
  readonly dimensions: number
}

/** A marshal class that has no CQL name: its values are bytes. CompositeType, DynamicCompositeType and classes of users. */
export interface CustomType {
  readonly kind: 'custom'
  /** The class name as the server says it, parameters included. */
  readonly className: string
}

export type DataType = NativeType | ListType | SetType | MapType | TupleType | UdtType | VectorType | CustomType

/** A column of a result, or a bind marker of a prepared statement. */
export interface ColumnSpec {
  readonly keyspace: string
  readonly table: string
  readonly name: string
  readonly type: DataType
}
