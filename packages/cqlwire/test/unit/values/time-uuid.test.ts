import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TimeUuid } from '../../../src/values/time-uuid.js'
import { Uuid } from '../../../src/values/uuid.js'

describe('TimeUuid', () => {
  test('carries a date, ticks, a clock sequence and a node', () => {
    // Python: uuid.UUID('50554d6e-29bb-11e5-b345-feff819cdc9f').time is 136561248188058990, clock_seq 13125, node fe:ff:81:9c:dc:9f.
    const uuid = TimeUuid.fromString('50554d6e-29bb-11e5-b345-feff819cdc9f')
    const count = 136561248188058990n - 0x01b21dd213814000n
    assert.equal(uuid.getDate().getTime(), Number(count / 10_000n))
    assert.equal(uuid.ticks, Number(count % 10_000n))
    assert.equal(uuid.clockSeq, 13125)
    assert.deepEqual(Buffer.from(uuid.node), Buffer.from('feff819cdc9f', 'hex'))
  })

  test('is made from its parts', () => {
    const node = Buffer.from('feff819cdc9f', 'hex')
    const model = TimeUuid.fromString('50554d6e-29bb-11e5-b345-feff819cdc9f')
    assert.equal(TimeUuid.fromDate(model.getDate(), model.ticks, node, 13125).toString(), model.toString())
    assert.equal(TimeUuid.fromDate(0, 0, new Uint8Array(6), 0).toString(), '13814000-1dd2-11b2-8000-000000000000')
    assert.equal(TimeUuid.fromDate(-12_219_292_800_000, 0, new Uint8Array(6), 0).toString(), '00000000-0000-1000-8000-000000000000')
  })

  test('keeps the moment for all dates that it can hold', () => {
    for (const ms of [-12_219_292_800_000, -1, 0, 1, 1_700_000_000_123, 4_102_444_800_000, 103_072_857_660_683]) {
      const uuid = TimeUuid.fromDate(ms, 9999)
      assert.equal(uuid.timestampMs, ms)
      assert.equal(uuid.ticks, 9999)
      assert.equal(uuid.version, 1)
    }
    for (const ms of [-12_219_292_800_001, 103_072_857_660_685, NaN, 0.5])
      assert.throws(() => TimeUuid.fromDate(ms), /takes a Date, or whole milliseconds/)
    assert.throws(() => TimeUuid.fromDate(new Date(NaN)), /got an invalid Date/)
  })

  test('refuses wrong parts', () => {
    assert.throws(() => TimeUuid.fromDate(0, 10_000), /ticks .* 0 to 9999, got an integer of 5 digits/)
    assert.throws(() => TimeUuid.fromDate(0, 0, new Uint8Array(5)), /6 bytes/)
    assert.throws(() => TimeUuid.fromDate(0, 0, new Uint8Array(6), 16384), /clockSeq/)
  })

  test('made one after the other are each greater than the last, and of now', () => {
    const before = Date.now()
    let last = TimeUuid.now()
    for (let i = 0; i < 30_000; i++) {
      const next = TimeUuid.now()
      assert.ok(next.compare(last) > 0)
      last = next
    }
    assert.ok(last.timestampMs >= before && last.timestampMs <= Date.now() + 10)
  })

  test('made from one date without ticks differ', () => {
    const date = new Date()
    assert.ok(!TimeUuid.fromDate(date).equals(TimeUuid.fromDate(date)))
  })

  test('go back with the clock neither in time nor into duplicates', (t) => {
    const start = TimeUuid.now().timestampMs + 1000
    t.mock.method(Date, 'now', () => start)
    const first = TimeUuid.now()
    t.mock.method(Date, 'now', () => start - 500)
    assert.ok(TimeUuid.now().compare(first) > 0)
    assert.equal(TimeUuid.now().timestampMs, start)
  })

  test('has bounds of a millisecond that hold everything between them', () => {
    const date = new Date(1_700_000_000_123)
    const least = TimeUuid.min(date)
    const most = TimeUuid.max(date)
    assert.match(least.toString(), /-8080-808080808080$/)
    assert.match(most.toString(), /-7f7f-7f7f7f7f7f7f$/)
    assert.equal(least.ticks, 0)
    assert.equal(most.ticks, 9999)
    for (const ticks of [0, 5000, 9999]) {
      for (const bytes of ['000000000000', '7f7f7f7f7f7f', '808080808080', 'ffffffffffff']) {
        for (const clockSeq of [0, 0x3fff]) {
          const uuid = TimeUuid.fromDate(date, ticks, Buffer.from(bytes, 'hex'), clockSeq)
          assert.ok(least.compare(uuid) <= 0 && uuid.compare(most) <= 0, uuid.toString())
        }
      }
    }
    assert.ok(TimeUuid.max(date).compare(TimeUuid.min(date.getTime() + 1)) < 0)
  })

  test('of one time are ordered by signed bytes, as in Cassandra', () => {
    const of = (node: string): TimeUuid => TimeUuid.fromDate(0, 0, Buffer.from(node, 'hex'), 0)
    assert.ok(of('80ffffffffff').compare(of('000000000000')) < 0)
    assert.ok(of('00ff00000000').compare(of('000000000000')) < 0)
    assert.ok(of('010000000000').compare(of('007f00000000')) > 0)
  })

  test('is only of version 1', () => {
    assert.throws(() => TimeUuid.fromString('123e4567-e89b-42d3-a456-426614174000'), /version 1, got version 4/)
    assert.throws(() => TimeUuid.fromBytes(Uuid.random().toBytes()), /version 1, got version 4/)
    assert.throws(() => TimeUuid.random(), /Uuid\.random\(\)/)
    assert.ok(TimeUuid.fromBytes(TimeUuid.now().toBytes()) instanceof TimeUuid)
    assert.ok(TimeUuid.now() instanceof Uuid)
  })
})
