import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileRoutingKey } from '../../../src/codec/bind.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { column } from './rows-support.js'

const registry = createCodecRegistry()
const columns = [column('v', 'double'), column('id', 'int'), column('day', 'text')]

describe('a routing key', () => {
  it('of one component is its bytes', () => {
    const writer = new ByteWriter()
    assert.equal(compileRoutingKey(columns, [1], registry).write(writer, [0.5, 258, 'x']), true)
    assert.equal(writer.toBuffer().toString('hex'), '00000102')
  })

  it('of several components has a length before and a zero byte behind each, in the order of the partition key', () => {
    const writer = new ByteWriter(1)
    assert.equal(compileRoutingKey(columns, [2, 1], registry).write(writer, { id: 258, day: 'mon', v: null }), true)
    assert.equal(writer.toBuffer().toString('hex'), '0003' + '6d6f6e' + '00' + '0004' + '00000102' + '00')
  })

  it('does not exist where a component is null or undefined, and nothing is written', () => {
    const writer = new ByteWriter()
    for (const day of [null, undefined]) {
      assert.equal(compileRoutingKey(columns, [1, 2], registry).write(writer, [1, 2, day]), false)
      assert.equal(compileRoutingKey(columns, [2], registry).write(writer, [1, 2, day]), false)
    }
    assert.equal(compileRoutingKey(columns, [], registry).write(writer, [1, 2, 'x']), false)
    assert.equal(writer.position, 0)
  })

  it('names the parameter whose value is wrong or too long', () => {
    const composite = compileRoutingKey(columns, [1, 2], registry)
    assert.throws(() => composite.write(new ByteWriter(), [1, 'x', 'y']), /Parameter 2 of 3, "id" \(int\), takes .*text of 1 character/)
    assert.throws(
      () => composite.write(new ByteWriter(), [1, 2, 'y'.repeat(65_536)]),
      /Parameter 3 of 3, "day" \(text\).*65535 bytes, got 65536/,
    )
    assert.equal(composite.write(new ByteWriter(), [1, 2, 'y'.repeat(65_535)]), true)
    assert.throws(() => composite.write(new ByteWriter(), [1, 2]), /takes 3 parameters, got 2/)
  })

  it('refuses an index that is no marker', () => {
    assert.throws(() => compileRoutingKey(columns, [3], registry), RangeError)
  })
})
