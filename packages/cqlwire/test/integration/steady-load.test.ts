import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { executeConcurrentWithArgs } from '../../src/concurrent/execute-concurrent.js'
import { type EmbeddedCassandra, type EmbeddedNode, startCassandra } from '../../src/embedded/index.js'
import type { Host } from '../../src/metadata/host.js'
import { ExponentialBackoffRetryPolicy } from '../../src/policies/backoff-retry.js'
import { ConstantReconnectionPolicy } from '../../src/policies/reconnection.js'
import { ConstantSpeculativeExecutionPolicy } from '../../src/policies/speculative.js'
import { Cluster } from '../../src/session/cluster.js'
import type { PreparedStatement } from '../../src/session/prepared-statement.js'
import type { Session } from '../../src/session/session.js'

const TIMEOUT_MS = 10_000
/** Three JVMs that start beside the load leave the client's own timers late. */
const MARGIN_MS = 1_000
/** Rows that reads find there from the start, with negative keys. */
const SEEDED = 100

/** What a write is told that has not enough replicas: by a node that knows it, by one that waited for them, or by the driver's own deadline. */
const NO_QUORUM = /^write: (Unavailable|WriteTimeout|OperationTimedOut)Error/

/** A read and a write every ten milliseconds, whatever becomes of the earlier ones, and a book of how each ended. */
class SteadyLoad {
  readonly acknowledged: number[] = []
  errors: string[] = []
  slowestMs = 0
  /** Requests that ended well. */
  count = 0
  /** Coordinator → requests that it answered. */
  readonly answered = new Map<Host, number>()
  readonly #session: Session
  readonly #read: PreparedStatement
  readonly #write: PreparedStatement
  readonly #running = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #next = 0

  private constructor(session: Session, read: PreparedStatement, write: PreparedStatement) {
    this.#session = session
    this.#read = read
    this.#write = write
  }

  static async on(session: Session): Promise<SteadyLoad> {
    const read = await session.prepare('SELECT v FROM kv WHERE k = ?')
    const write = await session.prepare('INSERT INTO kv (k, v) VALUES (?, ?)')
    const seeds = Array.from({ length: SEEDED }, (_, i) => [-1 - i, -1 - i])
    // Nodes that have just started are slow to write, and all of them are to: one that is late is asked again.
    const options = { consistency: 'ALL', idempotent: true, retry: new ExponentialBackoffRetryPolicy({ maxRetries: 8 }) } as const
    await executeConcurrentWithArgs(session, write, seeds, { ...options, concurrency: 16, timeoutMs: 60_000 })
    return new SteadyLoad(session, read, write)
  }

  start(): void {
    this.#timer = setInterval(() => {
      const key = this.#next++
      this.#follow('write', this.#doWrite(key))
      this.#follow('read', this.#doRead(-1 - (key % SEEDED)))
    }, 10)
  }

  /** The errors so far, which then don't count any more. */
  takeErrors(): string[] {
    const { errors } = this
    this.errors = []
    return errors
  }

  async end(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#running)
  }

  async #doWrite(key: number): Promise<void> {
    const { info } = await this.#session.execute(this.#write, [key, key * 3], { consistency: 'LOCAL_QUORUM', idempotent: true })
    this.acknowledged.push(key)
    this.#note(info.coordinator)
  }

  async #doRead(key: number): Promise<void> {
    const result = await this.#session.execute(this.#read, [key], { consistency: 'LOCAL_ONE', idempotent: true })
    assert.equal(result.one()?.['v'], key)
    this.#note(result.info.coordinator)
  }

  #note(coordinator: Host | null): void {
    this.count++
    if (coordinator !== null) this.answered.set(coordinator, (this.answered.get(coordinator) ?? 0) + 1)
  }

  #follow(what: string, request: Promise<void>): void {
    const began = performance.now()
    const followed = request
      .catch((error: unknown) => void this.errors.push(`${what}: ${String(error)}`))
      .then(() => {
        this.slowestMs = Math.max(this.slowestMs, performance.now() - began)
        this.#running.delete(followed)
      })
    this.#running.add(followed)
  }
}

describe('a cluster of two data centers and three racks under a steady load of idempotent requests', () => {
  let cassandra: EmbeddedCassandra
  let cluster: Cluster
  let session: Session
  let load: SteadyLoad
  const ends: (() => Promise<void>)[] = []

  before(async () => {
    cassandra = await startCassandra({
      datacenters: ['dc1', 'dc1', 'dc1', 'dc2'],
      racks: ['r1', 'r2', 'r3', 'r1'],
      heap: '400m',
      firstAddress: '127.0.47.1',
      port: 0,
      storagePort: 0,
    })
    ends.push(() => cassandra.stop())
    cluster = new Cluster({
      contactPoints: cassandra.contactPoints.slice(0, 1),
      port: cassandra.port,
      localDataCenter: 'dc1',
      numbers: { bigint: 'number' },
      requestTimeoutMs: TIMEOUT_MS,
      connectTimeoutMs: 2_000,
      schemaAgreementTimeoutMs: 30_000,
      reconnection: new ConstantReconnectionPolicy(200),
      speculativeExecution: new ConstantSpeculativeExecutionPolicy(150, 2),
      // On two cores a JVM that starts holds all the others up, and a coordinator gives a write up after two seconds: it is sent again, as it may be.
      retry: new ExponentialBackoffRetryPolicy({ maxRetries: 10 }),
      pool: { heartbeatIntervalMs: 300, heartbeatTimeoutMs: 1_000 },
    })
    ends.push(() => cluster.shutdown())
    session = await cluster.connect()
    await session.execute("CREATE KEYSPACE load WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 1}")
    await session.setKeyspace('load')
    await session.execute('CREATE TABLE kv (k int PRIMARY KEY, v bigint)')
    load = await SteadyLoad.on(session)
    ends.push(() => load.end())
    load.start()
    // Four JVMs that are still compiling are no part of what is tested.
    for (let rounds = 0; rounds < 10; rounds++) {
      const { count } = load
      load.takeErrors()
      await until('two hundred requests more', () => load.count >= count + 200)
      if (load.errors.length === 0) break
    }
  })
  after(async () => {
    for (const end of ends.reverse()) await end()
  })

  const hostOf = (node: EmbeddedNode): Host => cluster.hosts.get(`${node.address}:${cassandra.port}`)!
  const answeredBy = (node: EmbeddedNode): number => load.answered.get(hostOf(node)) ?? 0

  /** Requests go on, none has failed, none took longer than it may. */
  async function serves(): Promise<void> {
    const { count } = load
    await until('a hundred requests more', () => load.count >= count + 100)
    assert.deepEqual(load.errors, [])
    assert.ok(load.slowestMs < TIMEOUT_MS + MARGIN_MS, `a request took ${load.slowestMs} ms`)
  }

  function answeredMore(node: EmbeddedNode, count: number): () => boolean {
    const answered = answeredBy(node)
    return () => answeredBy(node) >= answered + count
  }

  async function isUsedAgain(node: EmbeddedNode): Promise<void> {
    await until('connections to the node', () => session.metrics.connections.get(hostOf(node).endpoint) === 1 && hostOf(node).isUp)
    await until('requests that the node answers', answeredMore(node, 20))
    await serves()
  }

  it('asks every node of the local data center, and no other', async () => {
    await serves()
    await until('each has answered', () => cassandra.nodes.slice(0, 3).every((node) => answeredBy(node) > 0))
    assert.equal(answeredBy(cassandra.nodes[3]!), 0)
    assert.deepEqual(session.metrics.connections.get(hostOf(cassandra.nodes[3]!).endpoint) ?? 0, 0)
  })

  it('loses none when the node of the control connection is killed, and uses the node again when it is back', async () => {
    const node = cassandra.nodes[0]!
    await node.kill()
    await until('the node is down', () => !hostOf(node).isUp)
    await serves()
    await node.start()
    await isUsedAgain(node)
  })

  it('loses none when a node falls silent, and uses the node again when it goes on', async () => {
    const node = cassandra.nodes[1]!
    const host = hostOf(node)
    node.pause()
    try {
      await until('the node is down', () => !host.isUp)
      await wait(3_000)
      assert.equal(host.isUp, false)
      await serves()
    } finally {
      node.resume()
    }
    await isUsedAgain(node)
  })

  it('loses none when a node is stopped in order, and uses the node again when it is started', async () => {
    const node = cassandra.nodes[2]!
    await node.stop()
    await until('the node is down', () => !hostOf(node).isUp)
    await serves()
    await node.start()
    await isUsedAgain(node)
  })

  it('loses none when two of the four nodes are killed at once, the one of the other data center among them', async () => {
    const [, , near, far] = cassandra.nodes
    await Promise.all([near!.kill(), far!.kill()])
    await until('the near one is down', () => !hostOf(near!).isUp)
    await serves()
    await Promise.all([near!.start(), far!.start()])
    await isUsedAgain(near!)
  })

  it('loses no read when two of the three local nodes fall silent at once; writes wait for a quorum, or say in time that there is none', async () => {
    const [live, ...silent] = cassandra.nodes.slice(0, 3)
    for (const node of silent) node.pause()
    try {
      await until('both are down', () => silent.every((node) => !hostOf(node).isUp))
      await until('reads that the third one answers', answeredMore(live!, 100))
    } finally {
      for (const node of silent) node.resume()
    }
    for (const node of silent) await until('it is up again', () => hostOf(node).isUp)
    // Those that were under way then.
    await wait(TIMEOUT_MS)
    const failed = load.takeErrors()
    assert.deepEqual(
      failed.filter((error) => !NO_QUORUM.test(error)),
      [],
    )
    for (const node of silent) await isUsedAgain(node)
  })

  it('has every acknowledged write in the end', async () => {
    await load.end()
    assert.deepEqual(load.errors, [])
    const keys = load.acknowledged
    assert.ok(keys.length > 1_000, `${keys.length} writes`)
    const options = { consistency: 'LOCAL_QUORUM', idempotent: true } as const
    const results = await executeConcurrentWithArgs(
      session,
      'SELECT v FROM kv WHERE k = ?',
      keys.map((key) => [key]),
      options,
    )
    const lost = keys.filter((key, i) => results[i]!.result?.one()?.['v'] !== key * 3)
    assert.deepEqual(lost, [])
  })
})

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited thirty seconds: ${what}`)
    await wait(20)
  }
}
