import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileBind, compileRoutingKey } from '../../../src/codec/bind.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { BoundValues, takingBoundValues } from '../../../src/parallel/bound-values.js'
import { PreparedStatement } from '../../../src/session/prepared-statement.js'
import { ResultShape } from '../../../src/session/result-shape.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

const registry = createCodecRegistry()
const columns = Object.entries({ id: 'int', name: 'text', data: 'blob' }).map(([name, type]) => ({
  keyspace: 'ks',
  table: 't',
  name,
  type: parseType(type),
}))

function prepared(routing: readonly number[]): PreparedStatement {
  return new PreparedStatement({
    id: Buffer.from('id'),
    query: 'INSERT',
    keyspace: 'ks',
    bind: compileBind(columns, registry, { protocolVersion: 4 }),
    routing: compileRoutingKey(columns, routing, registry),
    shape: new ResultShape([], null, registry, false),
  })
}

function written(write: (writer: ByteWriter) => unknown): string {
  const writer = new ByteWriter(8)
  const said = write(writer)
  return `${String(said)} ${writer.toBuffer().toString('hex')}`
}

describe('values that were bound on the other side', () => {
  for (const length of [0, 3, 190, 191, 192, 5_000]) {
    it(`are written and routed as if they were bound here (a blob of ${length} bytes)`, () => {
      for (const routing of [[0], [2, 0], [1]]) {
        const values = [7, 'ä', Buffer.alloc(length, 9)]
        const statement = prepared(routing)
        const block = byteBlock(
          Buffer.concat([Buffer.from('before'), Buffer.from(written((w) => statement.bindEncoder.write(w, values)).slice(10), 'hex')]),
        )
        const bound = new BoundValues(block, 6, block.buffer.length) as never
        const taking = takingBoundValues(statement)
        assert.equal(taking.bindEncoder.normalize(bound), bound)
        assert.equal(
          written((w) => taking.bindEncoder.write(w, bound)),
          written((w) => statement.bindEncoder.write(w, values)),
        )
        assert.equal(
          written((w) => taking.routing!.write(w, bound)),
          written((w) => statement.routing!.write(w, values)),
        )
      }
    })
  }

  it('have no partition where a part of the key is null or unset', () => {
    for (const missing of [null, undefined]) {
      for (const routing of [[1], [0, 1]]) {
        const statement = prepared(routing)
        const block = byteBlock(Buffer.from(written((w) => statement.bindEncoder.write(w, [7, missing, null])).slice(10), 'hex'))
        assert.equal(
          takingBoundValues(statement).routing!.write(new ByteWriter(8), new BoundValues(block, 0, block.buffer.length) as never),
          false,
        )
      }
    }
  })
})
