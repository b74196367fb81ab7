import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionError } from '../../../src/base/errors.js'
import type { Connection, ConnectionListener } from '../../../src/connection/connection.js'
import { HostPool, type PoolContext } from '../../../src/pool/host-pool.js'

class MadeUpConnection {
  listener: ConnectionListener | null = null
  isClosed = false
  isClosing = false
  inFlight = 0
  hasRoom = true
  isUsable = true

  close(): void {
    this.end(null)
  }

  closeWhenIdle(): void {
    this.isClosing = true
    if (this.inFlight === 0) this.end(null)
  }

  /** Lost, or closed. */
  end(error: ConnectionError | null): void {
    if (this.isClosed) return
    this.isClosed = true
    this.listener?.onClose(this as unknown as Connection, error)
  }

  wearOut(): void {
    this.listener!.onWornOut!(this as unknown as Connection)
  }
}

const LOST = new ConnectionError('lost', { sent: true })

class World {
  readonly made: MadeUpConnection[] = []
  readonly heard: string[] = []
  /** How the next attempts end; those after them succeed. */
  failures = 0
  readonly pool: HostPool

  constructor(size: number) {
    const context: PoolContext = {
      slot: 0,
      name: 'here:1',
      size,
      open: () => {
        if (this.failures-- > 0) return Promise.reject(new Error('refused'))
        const connection = new MadeUpConnection()
        this.made.push(connection)
        return Promise.resolve(connection as unknown as Connection)
      },
      newBackoff: () => ({ nextDelayMs: () => 1 }),
      onAvailable: () => this.heard.push('available'),
      onUnavailable: () => this.heard.push('unavailable'),
      onAttempt: () => this.heard.push('attempt'),
    }
    this.pool = new HostPool(context)
  }

  static async started(size: number): Promise<World> {
    const world = new World(size)
    await world.pool.start()
    return world
  }
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))
const as = (connection: MadeUpConnection | undefined): Connection => connection as unknown as Connection

describe('a pool', () => {
  test('opens as many connections as it is large', async () => {
    const { pool, made, heard } = await World.started(3)
    assert.equal(pool.openConnections, 3)
    assert.deepEqual(pool.connections, made)
    assert.deepEqual(heard, ['available', 'attempt', 'attempt', 'attempt'])
    await pool.close()
  })

  test('picks the least loaded connection with room', async () => {
    const { pool, made } = await World.started(3)
    made[0]!.inFlight = 5
    made[1]!.inFlight = 2
    made[2]!.inFlight = 1
    assert.equal(pool.pick(), as(made[2]))
    made[2]!.hasRoom = false
    assert.equal(pool.pick(), as(made[1]))
    for (const each of made) each.hasRoom = false
    assert.equal(pool.pick(), null)
    assert.equal(pool.pickOwn(), as(made[2]), 'the driver’s own requests go where there is no room')
    for (const each of made) each.isUsable = false
    assert.equal(pool.pickOwn(), null)
    assert.equal(pool.inFlight, 8)
    await pool.close()
  })

  test('has nothing to pick before it is started', () => {
    const { pool } = new World(1)
    assert.equal(pool.pick(), null)
    assert.equal(pool.pickOwn(), null)
  })

  test('opens a lost connection again, and tells when the last one is gone and the first is back', async () => {
    const { pool, made, heard } = await World.started(1)
    heard.length = 0
    made[0]!.end(LOST)
    assert.equal(pool.openConnections, 0)
    assert.equal(pool.lastError, LOST)
    assert.deepEqual(heard, ['unavailable'])
    await soon()
    assert.equal(pool.openConnections, 1)
    assert.equal(pool.lastError, null)
    assert.deepEqual(heard, ['unavailable', 'available', 'attempt'])
    await pool.close()
  })

  test('is not gone while a connection is left', async () => {
    const { pool, made, heard } = await World.started(2)
    made[0]!.end(LOST)
    assert.ok(!heard.includes('unavailable'))
    await soon()
    assert.equal(pool.openConnections, 2)
    await pool.close()
  })

  test('goes on trying where the first attempts fail', async () => {
    const world = new World(2)
    world.failures = 5
    await world.pool.start()
    assert.equal(world.pool.openConnections, 0)
    assert.equal(world.pool.lastError?.message, 'refused')
    for (let i = 0; i < 200 && world.pool.openConnections < 2; i++) await soon()
    assert.equal(world.pool.openConnections, 2)
    await world.pool.close()
  })

  test('tries at once when it is woken', async () => {
    const world = new World(1)
    world.failures = 1
    await world.pool.start()
    world.pool.wake()
    await Promise.resolve()
    await Promise.resolve()
    assert.equal(world.made.length, 1)
    await world.pool.close()
  })

  test('keeps a worn-out connection in use until another has taken its place', async () => {
    const { pool, made } = await World.started(1)
    made[0]!.inFlight = 1
    made[0]!.wearOut()
    assert.equal(pool.pick(), as(made[0]), 'before the new one is there')
    await soon()
    assert.equal(made.length, 2)
    assert.deepEqual(pool.connections, [made[1]])
    assert.equal(made[0]!.isClosing, true)
    assert.equal(made[0]!.isClosed, false, 'its last request is waited for')
    made[0]!.end(null)
    await soon()
    assert.equal(made.length, 2)
    await pool.close()
  })

  test('keeps a worn-out connection where no other can be opened, and goes on trying', async () => {
    const world = await World.started(1)
    world.failures = 3
    world.made[0]!.wearOut()
    await Promise.resolve()
    assert.equal(world.pool.openConnections, 1)
    await soon()
    await soon()
    assert.deepEqual(world.pool.connections, [world.made[1]])
    assert.ok(!world.heard.includes('unavailable'))
    await world.pool.close()
  })

  test('replaces a worn-out connection once, though it is lost meanwhile', async () => {
    const { pool, made } = await World.started(2)
    made[0]!.wearOut()
    made[0]!.end(LOST)
    await soon()
    assert.equal(pool.openConnections, 2)
    assert.equal(made.length, 3)
    await pool.close()
  })

  test('that is closed closes all, opens none, and may be closed again', async () => {
    const { pool, made } = await World.started(2)
    await pool.close()
    assert.ok(made.every(({ isClosed }) => isClosed))
    await pool.close()
    pool.wake()
    made[0]!.end(LOST)
    await soon()
    assert.equal(made.length, 2)
    assert.equal(pool.isClosed, true)
  })

  test('that is closed gracefully waits for the requests in flight', async () => {
    const { pool, made } = await World.started(2)
    made[0]!.inFlight = 1
    let isOver = false
    const closed = pool.close(true).then(() => (isOver = true))
    await soon()
    assert.deepEqual([isOver, made[0]!.isClosed, made[1]!.isClosed], [false, false, true])
    made[0]!.end(null)
    await closed
  })

  test('that is closed at once after it was closed gracefully does not wait', async () => {
    const { pool, made } = await World.started(1)
    made[0]!.inFlight = 1
    const graceful = pool.close(true)
    await pool.close()
    await graceful
    assert.equal(made[0]!.isClosed, true)
  })

  test('closes a connection that is opened too late', async () => {
    const world = new World(1)
    const starting = world.pool.start()
    await world.pool.close()
    await starting
    assert.equal(world.made[0]!.isClosed, true)
    assert.equal(world.pool.openConnections, 0)
  })

  test('takes no connection that is closed by the time it is there', async () => {
    const world = new World(1)
    const { pool, made } = world
    const starting = pool.start()
    made[0]!.isClosed = true
    await starting
    assert.equal(pool.openConnections, 0)
    assert.match(pool.lastError!.message, /here:1 closed a new connection at once/)
    await soon()
    assert.equal(pool.openConnections, 1)
    await pool.close()
  })
})
