/**
 * A cluster in this process that speaks CQL's wire protocol and answers as told: for tests of faults, and for unit tests that want no
 * Cassandra. It keeps no data and understands no CQL beyond `USE` and queries on the system tables.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { CqlwireError, InvalidArgumentError } from '../base/errors.js'
import type { ServerEvent } from '../protocol/register.js'
import { FakeNode } from './fake-node.js'
import type { NodeContext } from './fake-node.js'
import { describeNode, describeNodes, readFakeOptions } from './fake-options.js'
import type { FakeClusterOptions, FakeSettings } from './fake-options.js'
import type { FakeRequest } from './fake-request.js'
import { schemaRows } from './fake-schema.js'
import type { FakeSchema, SchemaTables } from './fake-schema.js'
import { checkCondition, fits, Rule, RuleBook } from './rules.js'
import type { Condition, Reaction, RuleOptions } from './rules.js'
import type { ClusterDescription, NodeDescription } from './system-tables.js'

interface Waiter {
  readonly condition: Condition
  readonly resolve: (request: FakeRequest) => void
  readonly reject: (error: Error) => void
}

/** How often a free port is looked for that is free on every address. */
const ATTEMPTS = 20
/** How long `nextRequest` waits where it isn't told. */
const PATIENCE_MS = 5_000

/** What the system tables say; changed when nodes come and go, and when the schema does. */
class Described implements ClusterDescription {
  nodes: NodeDescription[]
  schemaVersion: string = randomUUID()
  schema: SchemaTables
  readonly releaseVersion: string
  readonly protocolVersions: readonly number[]

  constructor(nodes: NodeDescription[], schema: SchemaTables, { releaseVersion, protocolVersions }: FakeSettings) {
    this.nodes = nodes
    this.schema = schema
    this.releaseVersion = releaseVersion
    this.protocolVersions = [...protocolVersions].sort((a, b) => a - b)
  }
}

export class FakeCluster implements AsyncDisposable {
  readonly port: number
  readonly #settings: FakeSettings
  readonly #described: Described
  readonly #nodes: FakeNode[]
  readonly #rules = new RuleBook()
  #schema: FakeSchema
  #requests: FakeRequest[] = []
  #waiters: Waiter[] = []
  #isStopped = false

  private constructor(port: number, settings: FakeSettings) {
    this.port = port
    this.#settings = settings
    this.#schema = settings.schema
    this.#described = new Described(describeNodes(port, settings), schemaRows(settings.schema), settings)
    this.#nodes = this.#described.nodes.map((description) => new FakeNode(description, this.#contextOf()))
  }

  /**
   * Starts the nodes; resolves once all of them listen.
   *
   * @throws {InvalidOptionError} an option is wrong
   */
  static async start(options: FakeClusterOptions = {}): Promise<FakeCluster> {
    const settings = readFakeOptions(options)
    for (let attempt = 1; ; attempt++) {
      const cluster = new FakeCluster(settings.port ?? (await freePort()), settings)
      try {
        for (const node of cluster.#nodes) await node.start()
        return cluster
      } catch (error) {
        await cluster.stop()
        const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        if (!taken || settings.port !== undefined || attempt === ATTEMPTS) throw error
      }
    }
  }

  get nodes(): readonly FakeNode[] {
    return this.#nodes
  }

  /** What `new Cluster({ contactPoints })` takes. */
  get contactPoints(): string[] {
    return this.#nodes.map((node) => node.name)
  }

  /** Every request of every connection in the order of arrival, those of the handshake included. */
  get requests(): readonly FakeRequest[] {
    return this.#requests
  }

  /** Those of the requests that fit the condition: `fake.requestsFor('INSERT INTO users (id) VALUES (?)')`. */
  requestsFor(condition: Condition): FakeRequest[] {
    checkCondition(condition)
    return this.#requests.filter((request) => fits(condition, request))
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.#requests = []
  }

  /**
   * Answers requests that fit the condition with the reaction. Of several rules that fit, the one added last applies.
   *
   * @throws {InvalidArgumentError} it is no condition, or no reply
   */
  when(condition: Condition, reaction: Reaction, options: RuleOptions = {}): Rule {
    const rule = new Rule(condition, reaction, options)
    this.#rules.add(rule)
    return rule
  }

  /** The next request that fits the condition. Rejects where none comes within `timeoutMs` (5,000), or the cluster is stopped. */
  nextRequest(condition: Condition, { timeoutMs = PATIENCE_MS }: { readonly timeoutMs?: number } = {}): Promise<FakeRequest> {
    checkCondition(condition)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        waiter.reject(new CqlwireError(`No request that fits came within ${timeoutMs} ms`, { code: 'ERR_NO_REQUEST' }))
      }, timeoutMs)
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer)
          then(value)
        }
      const waiter: Waiter = { condition, resolve: settle(resolve), reject: settle(reject) }
      this.#waiters.push(waiter)
    })
  }

  /** Sends an event to every connection, of every node, that registered for its type. */
  pushEvent(event: ServerEvent): void {
    for (const node of this.#nodes) node.pushEvent(event)
  }

  /** One node more joins, on the next free address: it listens, is in the system tables of the others, and they tell their clients. */
  async addNode({ dataCenter, rack }: { readonly dataCenter?: string; readonly rack?: string } = {}): Promise<FakeNode> {
    if (this.#isStopped) throw new InvalidArgumentError('The fake cluster was stopped: start another one')
    const taken = new Set(this.#nodes.map((node) => node.address))
    let index = 0
    while (taken.has(`127.0.0.${index + 1}`)) index++
    if (index >= 254) throw new InvalidArgumentError('A fake cluster has at most 254 nodes')
    const made = describeNode(index, 2 * (index + 1), this.port, this.#settings)
    const description = { ...made, dataCenter: dataCenter ?? made.dataCenter, rack: rack ?? made.rack, tokens: [randomToken()] }
    const node = new FakeNode(description, this.#contextOf())
    await node.start()
    this.#nodes.push(node)
    this.#described.nodes = [...this.#described.nodes, description]
    const { address, port } = node
    this.#announce(node, { type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', address, port })
    this.#announce(node, { type: 'STATUS_CHANGE', change: 'UP', address, port })
    return node
  }

  /** The node leaves: it is stopped, gone from the system tables of the others, and they tell their clients. */
  async removeNode(node: FakeNode): Promise<void> {
    const index = this.#nodes.indexOf(node)
    if (index === -1) throw new InvalidArgumentError('removeNode takes a node of this fake cluster that has not been removed yet')
    this.#nodes.splice(index, 1)
    this.#described.nodes = this.#described.nodes.filter(({ hostId }) => hostId !== node.hostId)
    await node.stop()
    this.#announce(node, { type: 'TOPOLOGY_CHANGE', change: 'REMOVED_NODE', address: node.address, port: node.port })
  }

  /**
   * The schema is this one from now on: the system tables say so, and the clients are told of each keyspace that came, changed or went.
   *
   * @throws {InvalidOptionError} it is no schema: the path says where
   */
  setSchema(schema: FakeSchema): void {
    this.#described.schema = schemaRows(schema)
    const before = this.#schema
    this.#schema = schema
    this.#described.schemaVersion = randomUUID()
    for (const keyspace of new Set([...Object.keys(before), ...Object.keys(schema)])) {
      if (isDeepStrictEqual(before[keyspace], schema[keyspace])) continue
      const change = !Object.hasOwn(before, keyspace) ? 'CREATED' : Object.hasOwn(schema, keyspace) ? 'UPDATED' : 'DROPPED'
      this.pushEvent({ type: 'SCHEMA_CHANGE', change, target: 'KEYSPACE', keyspace, name: null, argTypes: null })
    }
  }

  /** Stops every node. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#nodes.map((node) => node.stop()))
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(new CqlwireError('The fake cluster was stopped', { code: 'ERR_NO_REQUEST' }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #contextOf(): NodeContext {
    return {
      description: this.#described,
      credentials: this.#settings.credentials ?? null,
      tls: this.#settings.tls ?? null,
      arrived: (request) => this.#arrived(request),
      describe: (query) => this.#rules.findDescription(query),
      describedAs: (description) => {
        this.#described.nodes = this.#described.nodes.map((each) => (each.hostId === description.hostId ? description : each))
      },
      announce: (from, event) => this.#announce(from, event),
    }
  }

  #announce(from: FakeNode, event: ServerEvent): void {
    for (const node of this.#nodes) if (node !== from) node.pushEvent(event)
  }

  #arrived(request: FakeRequest): Rule | null {
    this.#requests.push(request)
    const answered = this.#waiters.filter(({ condition }) => fits(condition, request))
    this.#waiters = this.#waiters.filter((waiter) => !answered.includes(waiter))
    for (const { resolve } of answered) resolve(request)
    const rule = this.#rules.find(request)
    // What the node has not prepared it can't execute, whatever the answer would be.
    if (rule === null || (request.opcode === 'EXECUTE' && request.query === null)) return null
    rule.take()
    return rule
  }
}

function randomToken(): string {
  return String(BigInt.asIntN(64, BigInt(`0x${randomUUID().replaceAll('-', '').slice(0, 16)}`)))
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
