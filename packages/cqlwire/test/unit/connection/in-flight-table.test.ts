import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { InFlight } from '../../../src/connection/in-flight.js'
import { InFlightTable } from '../../../src/connection/in-flight-table.js'

/** Section 2.3 of the specification: a [short], of which servers take the negative half. */
const MAX_STREAM_IDS = 32_768

const request = (): InFlight => ({ onAnswer() {}, onConnectionLost() {} })

describe('the table of stream ids', () => {
  test('gives ids from 0 on, and the one that was given back last first', () => {
    const table = new InFlightTable(8)
    assert.deepEqual(
      [0, 1, 2].map(() => table.acquire(request())),
      [0, 1, 2],
    )
    table.release(0)
    table.release(1)
    assert.equal(table.acquire(request()), 1)
    assert.equal(table.acquire(request()), 0)
    assert.equal(table.acquire(request()), 3)
  })

  test('gives back the request that waits on an id', () => {
    const table = new InFlightTable(2)
    const one = request()
    const two = request()
    table.acquire(one)
    table.acquire(two)
    assert.equal(table.release(1), two)
    assert.equal(table.release(0), one)
    assert.equal(table.size, 0)
  })

  test('is full at its capacity; requests of the driver itself go beyond it', () => {
    const table = new InFlightTable(2)
    table.acquire(request())
    assert.equal(table.isFull, false)
    table.acquire(request())
    assert.equal(table.isFull, true)
    assert.equal(table.acquire(request()), -1)
    assert.equal(table.acquire(request(), true), 2)
    assert.equal(table.size, 3)
    table.release(2)
    assert.equal(table.acquire(request()), -1, 'the third id is not for users')
    table.release(0)
    assert.ok(table.acquire(request()) >= 0)
  })

  test('has no more ids than the protocol', () => {
    const table = new InFlightTable(1_000_000)
    assert.equal(table.capacity, MAX_STREAM_IDS)
    for (let i = 0; i < MAX_STREAM_IDS; i++) assert.equal(table.acquire(request()), i)
    assert.equal(table.acquire(request()), -1)
    assert.equal(table.acquire(request(), true), -1)
  })

  test('keeps the id of an abandoned request until its answer comes', () => {
    const table = new InFlightTable(1)
    const given = request()
    const stream = table.acquire(given)
    assert.equal(table.abandon(stream, given), true)
    assert.deepEqual([table.size, table.orphans, table.isUsed(stream)], [1, 1, true])
    assert.equal(table.acquire(request()), -1)
    assert.equal(table.release(stream), null)
    assert.deepEqual([table.size, table.orphans, table.isUsed(stream)], [0, 0, false])
  })

  test('abandons only what is still held by that request, and only once', () => {
    const table = new InFlightTable(2)
    const one = request()
    const two = request()
    const stream = table.acquire(one)
    assert.equal(table.abandon(stream, two), false)
    table.release(stream)
    assert.equal(table.abandon(stream, one), false)
    assert.equal(table.acquire(two), stream)
    assert.equal(table.abandon(stream, one), false, 'the id is another request’s now')
    assert.equal(table.abandon(stream, two), true)
    assert.equal(table.abandon(stream, two), false)
    assert.equal(table.orphans, 1)
  })

  test('knows which ids are in use', () => {
    const table = new InFlightTable(4)
    table.acquire(request())
    assert.deepEqual([table.isUsed(0), table.isUsed(1), table.isUsed(30_000)], [true, false, false])
  })

  test('gives all that wait when it is drained, without the abandoned ones, and is as new', () => {
    const table = new InFlightTable(4)
    const all = [request(), request(), request()]
    for (const each of all) table.acquire(each)
    table.abandon(1, all[1]!)
    assert.deepEqual(table.drain(), [all[0], all[2]])
    assert.deepEqual([table.size, table.orphans], [0, 0])
    assert.deepEqual(table.drain(), [])
    assert.equal(table.acquire(request()), 0)
  })
})
