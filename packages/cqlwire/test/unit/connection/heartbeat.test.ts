import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { Heartbeat } from '../../../src/connection/heartbeat.js'

class MadeUpConnection {
  readonly name = 'here:1'
  isClosed = false
  heard = false
  asked = 0
  readonly destroyed: string[] = []
  answer: () => Promise<unknown> = () => Promise.resolve()

  request(): Promise<unknown> {
    this.asked++
    return this.answer()
  }

  destroy(reason: string): void {
    this.isClosed = true
    this.destroyed.push(reason)
  }
}

const ticks = (count: number): Promise<void> =>
  (async () => {
    for (let i = 0; i < count; i++) {
      mock.timers.tick(100)
      for (let micro = 0; micro < 10; micro++) await Promise.resolve()
    }
  })()

describe('a heartbeat', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
  afterEach(() => mock.timers.reset())

  test('asks a silent connection, once an interval', async () => {
    const connection = new MadeUpConnection()
    const heartbeat = new Heartbeat(connection, 100, 50)
    await ticks(3)
    assert.equal(connection.asked, 3)
    assert.deepEqual(connection.destroyed, [])
    heartbeat.stop()
    await ticks(3)
    assert.equal(connection.asked, 3)
  })

  test('does not ask a connection that was heard of', async () => {
    const connection = new MadeUpConnection()
    const heartbeat = new Heartbeat(connection, 100, 50)
    for (let i = 0; i < 3; i++) {
      connection.heard = true
      await ticks(1)
    }
    assert.equal(connection.asked, 0)
    heartbeat.stop()
  })

  test('closes a connection that does not answer', async () => {
    const connection = new MadeUpConnection()
    connection.answer = () => Promise.reject(new Error('no answer within 50 ms'))
    const heartbeat = new Heartbeat(connection, 100, 50)
    await ticks(1)
    assert.deepEqual(connection.destroyed, ['here:1 is silent: no answer to a heartbeat in 50 ms (pool.heartbeatTimeoutMs)'])
    heartbeat.stop()
  })

  test('that is not answered closes no connection that was heard of meanwhile, however many intervals pass', async () => {
    const connection = new MadeUpConnection()
    let fail!: (error: Error) => void
    connection.answer = () => new Promise((_, reject) => (fail = reject))
    const heartbeat = new Heartbeat(connection, 100, 350)
    await ticks(1)
    connection.heard = true
    await ticks(3)
    assert.equal(connection.asked, 1)
    fail(new Error('late'))
    await ticks(0)
    for (let micro = 0; micro < 10; micro++) await Promise.resolve()
    assert.deepEqual(connection.destroyed, [])
    heartbeat.stop()
  })
})
