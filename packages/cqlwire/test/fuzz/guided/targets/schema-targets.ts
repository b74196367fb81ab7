/** What nodes say of the schema and of each other: answers to the driver's own queries, of columns and types of the server's choosing. */
import { InvalidArgumentError } from '../../../../src/base/errors.js'
import type { Codec } from '../../../../src/codec/codec.js'
import type { DataType } from '../../../../src/codec/data-type.js'
import { parseType } from '../../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../../src/codec/registry.js'
import { RowCursor } from '../../../../src/codec/rows-cursor.js'
import { compileRows } from '../../../../src/codec/rows.js'
import { encodeValue } from '../../../../src/codec/value.js'
import { Host } from '../../../../src/metadata/host.js'
import { readLocalRow, readPeerRow, type SystemRow } from '../../../../src/metadata/host-row.js'
import { Metadata } from '../../../../src/metadata/metadata.js'
import { keyspacesOf, type ParseType } from '../../../../src/metadata/schema/keyspace.js'
import { SchemaCollector, type SchemaPart } from '../../../../src/metadata/schema/rows.js'
import { writeRowsResult } from '../../../../src/protocol/result.js'
import { readRowsHeader } from '../../../../src/protocol/rows-header.js'
import { byteBlock } from '../../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../../src/wire/byte-writer.js'
import type { FuzzTarget } from '../target.js'
import { LOCAL, PEER, SCHEMA, type Table } from './system-samples.js'

const registry = createCodecRegistry()
const parse: ParseType = (text, keyspace, userType) =>
  parseType(text, (name, other) => (other === null || other === keyspace ? (userType(name) ?? undefined) : undefined))

/** The tables are the rows of one, and have the same columns. */
function answerOf(...tables: readonly [Table, ...Table[]]): Buffer {
  const columns = Object.entries(tables[0]).map(([name, [type]]) => ({
    keyspace: 'system_schema',
    table: 't',
    name,
    type: parseType(type),
  }))
  const rows = tables.map((table) => Object.values(table).map(([type, value]) => (value === null ? null : encodeValue(type, value))))
  const writer = new ByteWriter(512)
  writeRowsResult(writer, { columns, rows })
  return writer.toBuffer().subarray(4)
}

/** User types that each have two fields of the next one: 30 of them stand for 2^30. */
function doublingTypes(): Buffer {
  const texts = 'frozen<list<text>>'
  const [first, ...others] = Array.from({ length: 30 }, (_, i): Table => {
    const field = i === 29 ? 'int' : `frozen<u${i + 1}>`
    return { ...SCHEMA.types, type_name: ['text', `u${i}`], field_names: [texts, ['a', 'b']], field_types: [texts, [field, field]] }
  })
  return answerOf(first!, ...others)
}

/** Answers one after the other, each with its number and its length before it. */
function join(answers: readonly (readonly [number: number, answer: Buffer])[]): Buffer {
  return Buffer.concat(
    answers.map(([number, answer]) => {
      const head = Buffer.of(number, 0, 0)
      head.writeUInt16BE(answer.length, 1)
      return Buffer.concat([head, answer])
    }),
  )
}

/** The other way round; a length beyond the input is its end. */
function* rowsIn(input: Buffer): Generator<readonly [number: number, row: SystemRow]> {
  for (let at = 0; at + 3 <= input.length;) {
    const end = Math.min(input.length, at + 3 + input.readUInt16BE(at + 1))
    const block = byteBlock(input)
    const { columns, rowCount, rowsStart } = readRowsHeader(block.buffer, block.view, at + 3, end, 4)
    if (columns !== null) {
      const decoder = compileRows<SystemRow>(columns, registry, { rowFactory: 'object', generate: false })
      for (const row of decoder.rows(new RowCursor(block, rowsStart, end), rowCount)) yield [input[at]!, row]
    }
    at = end
  }
}

/** What a type is encoded by; null for one that stands for too many. */
function codecOf(type: DataType): Codec | null {
  try {
    return registry.codecFor(type)
  } catch (error) {
    if (error instanceof InvalidArgumentError) return null
    throw error
  }
}

const PARTS = Object.keys(SCHEMA) as SchemaPart[]

/** Reads everything that users can ask for. */
const schema: FuzzTarget = {
  name: 'schema rows',
  share: 0.03,
  maxLength: 4096,
  seeds: [
    ...PARTS.map((part, i) => join([[i, answerOf(SCHEMA[part])]])),
    join(PARTS.filter((part) => !part.startsWith('virtual')).map((part) => [PARTS.indexOf(part), answerOf(SCHEMA[part])])),
    join([0, 1, 2, 3].map((i) => [i, answerOf(SCHEMA[PARTS[i]!])])),
    join([
      [0, answerOf(SCHEMA.keyspaces)],
      [PARTS.indexOf('types'), doublingTypes()],
    ]),
  ],
  words: [
    'keyspace_name',
    'table_name',
    'partition_key',
    'clustering',
    'frozen<address>',
    'address',
    'class',
    'SimpleStrategy',
    '3/1',
    'options',
  ],
  run(input) {
    const collector = new SchemaCollector()
    for (const [number, row] of rowsIn(input)) collector.add(PARTS[number % PARTS.length]!, row)
    for (const keyspace of keyspacesOf(collector.keyspaces, parse).values()) {
      keyspace.exportSchema()
      for (const type of keyspace.userTypes.values()) void [type.type, type.fields, type.asCql(), codecOf(type.type)]
      for (const table of keyspace.tables.values())
        void [table.columns, table.partitionKey, table.clusteringKey, table.options, table.asCql()]
      for (const view of keyspace.views.values()) void [view.columns, view.asCql()]
      for (const each of keyspace.functions.values()) void [each.argumentTypes, each.returnType, each.asCql()]
      for (const each of keyspace.aggregates.values()) void [each.argumentTypes, each.asCql()]
    }
  },
}

const PARTITIONERS = ['Murmur3Partitioner', 'RandomPartitioner', 'ByteOrderedPartitioner']

/** Rows of system.local and of system.peers_v2 become hosts, and hosts a ring. */
const nodes: FuzzTarget = {
  name: 'rows of nodes',
  share: 0.2,
  maxLength: 2048,
  seeds: [
    join([[0, answerOf(LOCAL)]]),
    join([
      [0, answerOf(LOCAL)],
      [1, answerOf(PEER)],
    ]),
    join([
      [4, answerOf(LOCAL)],
      [8, answerOf(PEER)],
    ]),
  ],
  words: ['tokens', '-9223372036854775808', 'native_address', 'rpc_address', 'host_id', '1e9', '0x1f', '::'],
  run(input) {
    const hosts = new Map<string, Host>()
    let partitioner = PARTITIONERS[0]!
    for (const [number, row] of rowsIn(input)) {
      partitioner = PARTITIONERS[(number >> 2) % 3]!
      const read = (number & 1) === 0 ? { info: readLocalRow(row, { address: '127.0.0.1', port: 9042 }) } : readPeerRow(row, 9042)
      if ('invalid' in read) continue
      const host = new Host(read.info)
      hosts.set(host.endpoint, host)
    }
    const metadata = new Metadata(hosts, registry)
    metadata.setCluster('c', partitioner)
    metadata.rebuildTokenMap()
    void metadata.tokenRanges
    metadata.getReplicas('ks', Buffer.from('key'))
  },
}

export const schemaTargets: readonly FuzzTarget[] = [schema, nodes]
