import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { NativeKind } from '../../../src/codec/data-type.js'
import { compileRoutingKey } from '../../../src/codec/bind.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { TimeUuid } from '../../../src/values/time-uuid.js'
import { Uuid } from '../../../src/values/uuid.js'
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

  it('of 4, 8 or 16 bytes is given as the words that its bytes are', () => {
    const uuid = '12345678-9abc-4def-8123-456789abcdef'
    const timeuuid = 'fedcba98-7654-1210-8123-456789abcdef'
    const values: [NativeKind, unknown[]][] = [
      ['int', [0, 1, -1, 258, 2 ** 31 - 1, -(2 ** 31)]],
      ['bigint', [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 0x1234_5678_9abc_def0n, 5, -5, 2 ** 53 - 1, -(2 ** 53 - 1)]],
      ['uuid', [Uuid.fromString(uuid), TimeUuid.fromString(timeuuid)]],
      ['timeuuid', [TimeUuid.fromString(timeuuid)]],
    ]
    const words = new Int32Array(4)
    for (const [kind, all] of values) {
      const key = compileRoutingKey([column('v', 'double'), column('id', kind)], [1], registry)
      for (const value of all) {
        const count = key.words(words, { id: value, v: 1 })
        const writer = new ByteWriter()
        key.write(writer, [1, value])
        const bytes = Buffer.alloc(4 * count)
        for (let i = 0; i < count; i++) bytes.writeInt32BE(words[i]!, 4 * i)
        assert.equal(bytes.toString('hex'), writer.toBuffer().toString('hex'), `${kind} ${String(value)}`)
        assert.ok(count > 0)
      }
    }
  })

  it('is no words where its bytes are to be written: other types, several components, values that are null, wrong or rarely given', () => {
    const words = new Int32Array(4)
    const of = (kind: NativeKind, value: unknown, own = registry): number =>
      compileRoutingKey([column('id', kind)], [0], own).words(words, [value])
    assert.equal(of('text', 'abcd'), 0)
    assert.equal(of('double', 1), 0)
    assert.equal(compileRoutingKey(columns, [1, 2], registry).words(words, [1, 2, 'x']), 0)
    for (const value of [null, undefined, '5', 1.5, 2 ** 31, 5n]) assert.equal(of('int', value), 0, String(value))
    for (const value of [null, undefined, '5', 1.5, 2 ** 53, 2n ** 63n, -(2n ** 63n) - 1n])
      assert.equal(of('bigint', value), 0, String(value))
    for (const value of [null, '12345678-9abc-4def-8123-456789abcdef']) assert.equal(of('uuid', value), 0, String(value))
    assert.equal(of('timeuuid', Uuid.fromString('12345678-9abc-4def-8123-456789abcdef')), 0)
  })

  it('refuses an index that is no marker', () => {
    assert.throws(() => compileRoutingKey(columns, [3], registry), RangeError)
  })
})
