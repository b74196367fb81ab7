/** A node that lies: about counts, lengths and types. What is asked of it fails with an error that says so, and its connection is closed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionError, CqlwireError, MalformedFrameError, NoHostAvailableError } from '../../src/base/errors.js'
import type { ColumnSpec, DataType } from '../../src/codec/data-type.js'
import { MetadataFlag, Opcode, ResultKind } from '../../src/protocol/constants.js'
import { writePrepared } from '../../src/protocol/prepare.js'
import { writeRowsResult } from '../../src/protocol/result.js'
import type { Session } from '../../src/session/session.js'
import type { ByteWriter } from '../../src/wire/byte-writer.js'
import { type Asked, type Body, ByteNode, nameIsAda, QUERY } from './byte-node.js'
import { BOTH, eventually, failure, within } from './support.js'

const INT = { kind: 'int' } as const
const column = (name: string, type: DataType): ColumnSpec => ({ keyspace: 'ks', table: 'users', name, type })

/** Metadata of the driver's own, then whatever is written after them. */
function result(columns: number, write: (writer: ByteWriter) => void, flags: number = MetadataFlag.GLOBAL_TABLE_SPEC): Body {
  return (writer) => {
    writer.putInt32(ResultKind.ROWS)
    writer.putInt32(flags)
    writer.putInt32(columns)
    if (flags === MetadataFlag.GLOBAL_TABLE_SPEC) {
      writer.putString('ks')
      writer.putString('users')
    }
    write(writer)
  }
}

/** Rows of one column whose cell is not a value of its type. */
function cell(type: DataType, hex: string): Body {
  return (writer) => writeRowsResult(writer, { columns: [column('value', type)], rows: [[Buffer.from(hex, 'hex')]] })
}

async function isReplaced(node: ByteNode, session: Session, accepted: number): Promise<void> {
  await eventually('a new connection', () => session.metrics.connections.get(node.name) === 1 && node.accepted > accepted)
  assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
  assert.equal(session.metrics.inFlight, 0)
}

/** Lies that show when the answer comes. */
const AT_ONCE: readonly (readonly [lie: string, body: Body, says: RegExp])[] = [
  ['more columns than bytes', result(0x7fff_ffff, () => {}), /announce 2147483647 columns, but only \d+ bytes are left/],
  ['a negative number of columns', result(-1, (writer) => writer.putInt32(0)), /announce -1 columns/],
  ['a name of 65,535 bytes', result(1, (writer) => writer.putUint16(0xffff)), /ends within its (column name|keyspace name|table name)/],
  [
    'a type that does not exist',
    result(1, (writer) => {
      writer.putString('name')
      writer.putUint16(0x7777)
    }),
    /has the id 0x7777, which the protocol doesn't have/,
  ],
  [
    'a type nested a thousand deep',
    result(1, (writer) => {
      writer.putString('name')
      for (let i = 0; i < 1000; i++) writer.putUint16(0x0020)
    }),
    /nested more than 64 deep/,
  ],
  [
    'a tuple of more elements than bytes',
    result(1, (writer) => {
      writer.putString('name')
      writer.putUint16(0x0031)
      writer.putUint16(0xffff)
    }),
    /ends within its type of a column/,
  ],
  [
    'a type that takes 400,000 bytes to describe',
    result(1, (writer) => {
      writer.putString('name')
      for (let i = 0; i < 3; i++) {
        writer.putUint16(0x0031)
        writer.putUint16(0xffff)
        if (i < 2) for (let element = 0; element < 0xfffe; element++) writer.putUint16(0x0009)
      }
      for (let element = 0; element < 0xffff; element++) writer.putUint16(0x0009)
    }),
    /takes \d+ bytes to describe; at most 262144 are taken/,
  ],
  [
    'a paging state of 2 GiB',
    (writer) => {
      writer.putInt32(ResultKind.ROWS)
      writer.putInt32(MetadataFlag.HAS_MORE_PAGES)
      writer.putInt32(1)
      writer.putInt32(0x7fff_ffff)
    },
    /ends within its paging state: 2147483647 bytes were announced/,
  ],
  [
    'two thousand million rows',
    (writer) => {
      writeRowsResult(writer, { columns: [column('name', INT)], rows: [] })
      writer.view.setInt32(writer.position - 4, 0x7fff_ffff)
    },
    /announces 2147483647 rows of 1 columns, but has only 0 bytes for them/,
  ],
  [
    'one row more than there are bytes for',
    (writer) => {
      writeRowsResult(writer, { columns: [column('a', INT), column('b', INT)], rows: [[null, null]] })
      writer.view.setInt32(writer.position - 12, 2)
    },
    /announces 2 rows of 2 columns, but has only 8 bytes/,
  ],
  ['columns left out that are not known', result(1, (writer) => writer.putInt32(0), MetadataFlag.NO_METADATA), /left out the columns/],
]

/** Lies that show when the rows are read. */
const LATER: readonly (readonly [lie: string, body: Body, says: RegExp])[] = [
  [
    'a cell longer than the answer',
    (writer) => {
      nameIsAda(writer)
      writer.view.setInt32(writer.position - 7, 0x7fff_ffff)
    },
    /column "name" \(text\) is cut off: it announces 2147483647 bytes, 3 are left/,
  ],
  ['an int of three bytes', cell(INT, '000001'), /column "value" \(int\).*4 bytes, the server sent 3/],
  ['a uuid of five bytes', cell({ kind: 'uuid' }, '0011223344'), /column "value" \(uuid\)/],
  [
    'a list of two thousand million elements',
    cell({ kind: 'list', element: INT, frozen: false }, '7fffffff'),
    /A list announces 2147483647 elements, but has only 0 bytes/,
  ],
  [
    'a map whose key is longer than the map',
    cell({ kind: 'map', key: { kind: 'text' }, value: INT, frozen: false }, '000000017fffffff00000000'),
    /An element of a map announces 2147483647 bytes/,
  ],
  [
    'a vector of other dimensions than its type says',
    cell({ kind: 'vector', element: { kind: 'float' }, dimensions: 67_108_864 }, '00000000'),
    /vector of 67108864 floats has 268435456 bytes, the server sent 4/,
  ],
  [
    'tuples of 60,000 elements, of which few bytes are there',
    leftOut,
    /leaves out 60000 elements, and with those before it more than 131072/,
  ],
  ['a row whose last cell is missing', shortRow, /column "b" \(int\) is cut off/],
]

/** One row, so that the first one that is read has it all. */
function leftOut(writer: ByteWriter): void {
  const elements = Array.from({ length: 60_000 }, () => INT)
  const value = Buffer.alloc(4 + 3 * 4)
  value.writeInt32BE(3)
  writeRowsResult(writer, {
    columns: [column('value', { kind: 'list', element: { kind: 'tuple', elements }, frozen: false })],
    rows: [[value]],
  })
}

/** One cell too long takes the place of the one behind it. */
function shortRow(writer: ByteWriter): void {
  writeRowsResult(writer, { columns: [column('a', { kind: 'blob' }), column('b', INT)], rows: [[Buffer.alloc(4), null]] })
  writer.view.setInt32(writer.position - 12, 8)
}

for (const version of BOTH) {
  describe(`a node of protocol v${version} that answers with`, () => {
    for (const [lie, body, says] of AT_ONCE) {
      test(`${lie}: the request fails, and the connection is replaced`, async () => {
        await using node = await ByteNode.start()
        const session = await node.session(version)
        const { accepted } = node
        node.bad((asked) => asked.answer(Opcode.RESULT, body))
        const error = await failure(session.execute(QUERY), MalformedFrameError)
        assert.match(error.message, says)
        await isReplaced(node, session, accepted)
      })
    }

    for (const [lie, body, says] of LATER) {
      for (const read of ['rows', 'iterator', 'one', 'async iterator'] as const) {
        test(`${lie}: reading it (${read}) fails with the node's name and what to do, and the connection is replaced`, async () => {
          await using node = await ByteNode.start()
          const session = await node.session(version)
          const { accepted } = node
          node.bad((asked) => asked.answer(Opcode.RESULT, body))
          const answer = await within(session.execute(QUERY))
          const error = await failure(
            (async () => {
              if (read === 'rows') return answer.rows
              if (read === 'iterator') return [...answer]
              if (read === 'one') return answer.one()
              return await answer[Symbol.asyncIterator]().next()
            })(),
            MalformedFrameError,
          )
          assert.match(error.message, says)
          assert.match(error.message, new RegExp(`^${node.name} answered "SELECT name FROM users" with rows that can't be read`))
          assert.match(error.message, /The request itself was carried out.*execute it again/)
          assert.ok(error.cause instanceof MalformedFrameError)
          await isReplaced(node, session, accepted)
        })
      }
    }

    test('a conditional result too short for what it says: it was not applied', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      node.bad((asked) =>
        asked.answer(Opcode.RESULT, (writer) => {
          writeRowsResult(writer, { columns: [column('[applied]', { kind: 'boolean' })], rows: [[null]] })
          writer.view.setInt32(writer.position - 4, 1)
        }),
      )
      assert.equal((await within(session.execute(QUERY))).wasApplied, false)
    })

    test('a preparation of more bind markers than bytes: preparing fails, and the connection is replaced', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      const { accepted } = node
      node.bad((asked) =>
        asked.answer(Opcode.RESULT, (writer) => {
          const parameters = [column('id', INT)]
          const id = Buffer.alloc(16)
          writePrepared(writer, version, { id, resultMetadataId: id, partitionKeyIndexes: [], parameters, resultColumns: null })
          writer.position -= 24
        }),
      )
      await assert.rejects(within(session.prepare('SELECT name FROM users WHERE id = ?')), CqlwireError)
      await isReplaced(node, session, accepted)
    })

    test('an answer to a heartbeat or another question of the driver that can not be read: the connection is closed', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      const { accepted } = node
      node.bad((asked) => asked.answer(Opcode.ERROR, (writer) => writer.putInt32(0x2200)))
      await assert.rejects(within(session.prepare(QUERY)), CqlwireError)
      await isReplaced(node, session, accepted)
    })
  })

  describe(`a node of protocol v${version} whose system tables lie`, () => {
    const LIES: readonly (readonly [lie: string, column: string, type: DataType, value: Uint8Array])[] = [
      ['tokens that are no integers', 'tokens', { kind: 'set', element: { kind: 'text' }, frozen: false }, textSet('not a token')],
      ['a host id of three bytes', 'host_id', { kind: 'uuid' }, Buffer.alloc(3)],
    ]

    test('(pages without end) is not connected to, and the error says why', async () => {
      await using node = await ByteNode.start()
      const columns = [column('peer', { kind: 'inet' })]
      node.system = (asked) => {
        if (asked.request.query?.includes('system.peers') !== true) return false
        asked.answer(Opcode.RESULT, (writer) => writeRowsResult(writer, { columns, rows: [], pageState: Buffer.of(1) }))
        return true
      }
      const error = await failure(node.session(version), NoHostAvailableError)
      assert.match([...error.errors.values()][0]!.message, /answered SELECT \* FROM system\.peers_v2 with 101 pages without rows/)
    })

    for (const [lie, name, type, value] of LIES) {
      test(`(${lie}) is not connected to, and the error says why`, async () => {
        await using node = await ByteNode.start()
        node.system = (asked) => isLocal(asked) && answerLocal(asked, column(name, type), value)
        const error = await failure(node.session(version), NoHostAvailableError)
        const [why] = error.errors.values()
        assert.ok(why instanceof MalformedFrameError || why instanceof ConnectionError, String(why))
        assert.match(why.message, name === 'tokens' ? /token "not a token", which is not an integer/ : /column "host_id" \(uuid\)/)
      })
    }
  })
}

function isLocal({ request }: Asked): boolean {
  return request.query?.includes('system.local') === true
}

function textSet(text: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(1)
  head.writeInt32BE(text.length, 4)
  return Buffer.concat([head, Buffer.from(text)])
}

function answerLocal(asked: Asked, lying: ColumnSpec, value: Uint8Array): true {
  const text = { kind: 'text' } as const
  const told: Readonly<Record<string, string>> = {
    cluster_name: 'c',
    data_center: 'dc1',
    rack: 'r1',
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
  }
  const columns = [...Object.keys(told).map((name) => column(name, text)), lying]
  const row = [...Object.values(told).map((each) => Buffer.from(each)), value]
  asked.answer(Opcode.RESULT, (writer) => writeRowsResult(writer, { columns, rows: [row] }))
  return true
}
