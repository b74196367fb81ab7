/** What fault tests are made of: a driver on a fake cluster, with short timeouts, that leaves nothing behind. */
import assert from 'node:assert/strict'
import { Cluster } from '../../src/session/cluster.js'
import type { ClusterOptions } from '../../src/cluster/options.js'
import type { Host } from '../../src/metadata/host.js'
import type { LoadBalancingPolicy } from '../../src/policies/load-balancing.js'
import { ConstantReconnectionPolicy } from '../../src/policies/reconnection.js'
import type { ProtocolVersion } from '../../src/protocol/features.js'
import type { Session } from '../../src/session/session.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import type { FakeClusterOptions } from '../../src/testing/fake-options.js'
import type { FakeRequest } from '../../src/testing/fake-request.js'
import { CqlProxy } from '../../src/testing/proxy/cql-proxy.js'
import type { ProxyNode } from '../../src/testing/proxy/proxy-node.js'
import { reply } from '../../src/testing/reply.js'
import { countLeft, pendingRequests } from './ledger.js'

/** Frames differ between these: v4 has bare frames, v5 segments with checksums. */
export const BOTH: readonly ProtocolVersion[] = [4, 5]

/** A text with a parameter that every lab knows how to prepare, and answers with `{ name: 'Ada' }`. */
export const BY_ID = 'SELECT name FROM users WHERE id = ?'

/** Times that a healthy loopback never needs, so that a fault shows within milliseconds. */
export function quick(options: Partial<ClusterOptions> & Pick<ClusterOptions, 'contactPoints'>): ClusterOptions {
  return {
    reconnection: new ConstantReconnectionPolicy(5),
    connectTimeoutMs: 2_000,
    requestTimeoutMs: 2_000,
    logger: { warn: () => {} },
    ...options,
    metadata: { schema: false, refreshWindowMs: 5, ...options.metadata },
    pool: { heartbeatIntervalMs: 0, ...options.pool },
  }
}

/** What keeps a process alive, by kind. Descriptors of files and pipes are the test runner's. */
const WATCHED = [
  'TCPSocketWrap',
  'TCPServerWrap',
  'TLSWrap',
  'PipeWrap',
  'Timeout',
  'Immediate',
  'GetAddrInfoReqWrap',
  'TCPConnectWrap',
] as const

function resources(): Map<string, number> {
  const counts = new Map<string, number>(WATCHED.map((kind) => [kind, 0]))
  for (const kind of process.getActiveResourcesInfo()) if (counts.has(kind)) counts.set(kind, counts.get(kind)! + 1)
  return counts
}

/** Compares what there is at the end of a test with what there was at its beginning. */
export class Accounts {
  readonly #before = resources()

  /**
   * After everything was shut down: no request is without an outcome, no stream id is in use, nothing is queued, and there are no more sockets,
   * servers and timers than before.
   */
  async close(...sessions: readonly Session[]): Promise<void> {
    try {
      await eventually('every request has its outcome', () => pendingRequests() === 0)
      for (const { metrics } of sessions) assert.deepEqual([metrics.inFlight, metrics.queued], [0, 0], 'stream ids in use, requests queued')
      await eventually(
        () => `sockets, servers and timers are gone: ${this.#surplus().join(', ')}`,
        () => this.#surplus().length === 0,
      )
    } catch (error) {
      countLeft()
      throw error
    }
  }

  #surplus(): string[] {
    return [...resources()].filter(([kind, count]) => count > this.#before.get(kind)!).map(([kind, count]) => `${count} ${kind}`)
  }
}

export interface LabOptions extends Partial<Omit<ClusterOptions, 'contactPoints'>> {
  readonly nodes?: number
  readonly fake?: FakeClusterOptions
}

/** A fake cluster and a session on it. Disposing of it checks that nothing is left: see {@link Accounts}. */
export class Lab implements AsyncDisposable {
  readonly fake: FakeCluster
  readonly cluster: Cluster
  readonly session: Session
  readonly #accounts: Accounts

  protected constructor(accounts: Accounts, fake: FakeCluster, cluster: Cluster, session: Session) {
    this.#accounts = accounts
    this.fake = fake
    this.cluster = cluster
    this.session = session
  }

  static async open({ nodes = 1, fake: fakeOptions, ...options }: LabOptions = {}): Promise<Lab> {
    const accounts = new Accounts()
    const fake = await startFake(nodes, fakeOptions)
    const cluster = new Cluster(quick({ loadBalancing: new InOrder(), ...options, contactPoints: fake.contactPoints }))
    return new Lab(accounts, fake, cluster, await connected(cluster, fake))
  }

  /** `address:port` of a node. */
  node(index: number): string {
    return this.fake.nodes[index]!.name
  }

  /** The requests of users that arrived: no handshake, no system tables. */
  get asked(): FakeRequest[] {
    return this.fake.requests.filter(({ query, opcode }) => opcode === 'BATCH' || opcode === 'EXECUTE' || isUsers(query))
  }

  countOf(opcode: FakeRequest['opcode'], node?: string): number {
    return this.asked.filter((request) => request.opcode === opcode && (node === undefined || request.node === node)).length
  }

  /** Resolves when no stream id is in use and nothing waits. */
  async idle(): Promise<void> {
    await eventually('no request in flight or queued', () => this.session.metrics.inFlight === 0 && this.session.metrics.queued === 0)
  }

  /** The session answers, and nothing of earlier requests is left. */
  async works(): Promise<void> {
    await eventually('a connection', () => [...this.session.metrics.connections.values()].some((count) => count > 0))
    const result = await within(this.session.execute(BY_ID, [-1], { idempotent: true }))
    assert.equal(result.one()?.['name'], 'Ada')
    await this.idle()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(this.cluster.shutdown())
    await eventually('every socket is closed', () => this.fake.nodes.every((node) => node.connections === 0))
    await this.fake.stop()
    await this.#accounts.close(this.session)
  }
}

export interface ProxiedLabOptions extends LabOptions {
  /** How many nodes have a proxy from the start; all by default. The driver is told of these. */
  readonly targets?: number
  readonly logSize?: number
}

/** A lab whose session reaches every node through a proxy. */
export class ProxiedLab extends Lab {
  readonly proxy: CqlProxy

  private constructor(accounts: Accounts, fake: FakeCluster, cluster: Cluster, session: Session, proxy: CqlProxy) {
    super(accounts, fake, cluster, session)
    this.proxy = proxy
  }

  static override async open({
    nodes = 1,
    targets = nodes,
    logSize,
    fake: fakeOptions,
    ...options
  }: ProxiedLabOptions = {}): Promise<ProxiedLab> {
    const accounts = new Accounts()
    const fake = await startFake(nodes, fakeOptions)
    const proxy = await CqlProxy.start({ targets: fake.contactPoints.slice(0, targets), ...(logSize === undefined ? {} : { logSize }) })
    const { contactPoints, addressTranslator } = proxy
    const cluster = new Cluster(quick({ loadBalancing: new InOrder(), ...options, contactPoints, addressTranslator }))
    return new ProxiedLab(accounts, fake, cluster, await connected(cluster, fake, proxy), proxy)
  }

  /** The proxies in the order in which the nodes are asked. */
  get inOrder(): ProxyNode[] {
    return [...this.proxy.nodes].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await within(this.cluster.shutdown())
    await this.proxy.stop()
    await super[Symbol.asyncDispose]()
  }
}

async function startFake(nodes: number, options: FakeClusterOptions | undefined): Promise<FakeCluster> {
  const fake = await FakeCluster.start({ nodes, ...options })
  fake.when(BY_ID, reply.rows({ name: 'text' }, [['Ada']]), { parameters: { id: 'int' }, partitionKey: ['id'], table: 'users' })
  return fake
}

/** Stops everything where connecting fails. */
async function connected(cluster: Cluster, ...others: readonly { stop(): Promise<void> }[]): Promise<Session> {
  try {
    return await cluster.connect()
  } catch (error) {
    await cluster.shutdown()
    await Promise.all(others.map((other) => other.stop()))
    throw error
  }
}

function isUsers(query: string | null): boolean {
  return query !== null && !/\bsystem(_\w+)?\./.test(query) && !/^USE /.test(query)
}

/** Asks the nodes in the order of their addresses: who is asked first is known. */
class InOrder implements LoadBalancingPolicy {
  readonly #hosts = new Set<Host>()

  init({ hosts }: { readonly hosts: readonly Host[] }): void {
    for (const host of hosts) this.#hosts.add(host)
  }

  onAdd(host: Host): void {
    this.#hosts.add(host)
  }

  onRemove(host: Host): void {
    this.#hosts.delete(host)
  }

  distance(): 'local' {
    return 'local'
  }

  newQueryPlan(): Host[] {
    return [...this.#hosts].sort((a, b) => (a.endpoint < b.endpoint ? -1 : 1))
  }
}

/** The error that a promise is rejected with, of the class that it must be. */
export async function failure<E extends Error>(promise: PromiseLike<unknown>, type: abstract new (...args: never[]) => E): Promise<E> {
  try {
    await within(promise)
  } catch (error) {
    if (!(error instanceof type)) throw new Error(`expected a ${type.name}, got ${String(error)}`, { cause: error })
    return error
  }
  throw new Error(`expected a ${type.name}, but nothing failed`)
}

/** The promise's outcome; fails after five seconds, for a promise that stays pending is a fault of its own. */
export async function within<T>(promise: PromiseLike<T>, ms = 5_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`still pending after ${ms} ms`)), ms)))
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the condition holds; rejects after five seconds, naming it. */
export async function eventually(what: string | (() => string), holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited for five seconds: ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** A promise that is opened from outside. */
export class Gate<T = void> {
  readonly promise: Promise<T>
  open!: (value: T) => void

  constructor() {
    this.promise = new Promise((resolve) => (this.open = resolve))
  }
}

/** The warnings of the process while `run` runs. */
export async function warningsOf(run: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = []
  const listen = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', listen)
  try {
    await run()
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('warning', listen)
  }
  return warnings
}
