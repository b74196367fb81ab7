/**
 * A cluster in this process that speaks CQL's wire protocol and answers as told: for tests of faults, and for unit tests that want no
 * Cassandra. It keeps no data and understands no CQL beyond `USE` and queries on the system tables.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { InvalidOptionError } from '../base/errors.js'
import { SUPPORTED_VERSIONS } from '../protocol/features.js'
import type { ProtocolVersion } from '../protocol/features.js'
import type { ServerEvent } from '../protocol/register.js'
import { FakeNode } from './fake-node.js'
import type { FakeRequest } from './fake-request.js'
import { fits, Rule, RuleBook } from './rules.js'
import type { Condition, Reaction, RuleOptions } from './rules.js'
import type { NodeDescription } from './system-tables.js'

export interface FakeClusterOptions {
  /** How many, on 127.0.0.1, 127.0.0.2 and so on; 1 by default. (On macOS addresses beyond the first must be made with ifconfig.) */
  readonly nodes?: number
  /** The versions that are spoken; 3, 4 and 5 by default. */
  readonly protocolVersions?: readonly ProtocolVersion[]
  /** The same for all nodes; a free one by default. */
  readonly port?: number
  /** Of each node in turn; `dc1` for all by default. */
  readonly dataCenters?: readonly string[]
  /** Asked for with password authentication; nobody is asked where it is left out. */
  readonly credentials?: { readonly username: string; readonly password: string }
}

interface Waiter {
  readonly condition: Condition
  readonly resolve: (request: FakeRequest) => void
}

/** How often a free port is looked for that is free on every address. */
const ATTEMPTS = 20

export class FakeCluster {
  readonly nodes: readonly FakeNode[]
  readonly port: number
  readonly #rules = new RuleBook()
  #requests: FakeRequest[] = []
  #waiters: Waiter[] = []

  private constructor(descriptions: readonly NodeDescription[], options: FakeClusterOptions) {
    const context = {
      description: {
        nodes: descriptions,
        schemaVersion: randomUUID(),
        releaseVersion: '5.0.0',
        protocolVersions: [...(options.protocolVersions ?? SUPPORTED_VERSIONS)].sort((a, b) => a - b),
      },
      credentials: options.credentials ?? null,
      arrived: (request: FakeRequest) => this.#arrived(request),
      describe: (query: string) => this.#rules.findDescription(query),
    }
    this.nodes = descriptions.map((description) => new FakeNode(description, context))
    this.port = descriptions[0]!.port
  }

  /** Starts the nodes; resolves once all of them listen. */
  static async start(options: FakeClusterOptions = {}): Promise<FakeCluster> {
    const count = options.nodes ?? 1
    if (!Number.isInteger(count) || count < 1 || count > 254) throw new InvalidOptionError('nodes', `nodes takes 1 to 254, got ${count}`)
    for (let attempt = 1; ; attempt++) {
      const cluster = new FakeCluster(describeNodes(count, options.port ?? (await freePort()), options.dataCenters ?? ['dc1']), options)
      try {
        for (const node of cluster.nodes) await node.start()
        return cluster
      } catch (error) {
        await cluster.stop()
        const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        if (!taken || options.port !== undefined || attempt === ATTEMPTS) throw error
      }
    }
  }

  /** What `new Cluster({ contactPoints })` takes. */
  get contactPoints(): string[] {
    return this.nodes.map((node) => node.name)
  }

  /** Every request of every connection in the order of arrival, those of the handshake included. */
  get requests(): readonly FakeRequest[] {
    return this.#requests
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.#requests = []
  }

  /** Answers requests that fit the condition with the reaction. Of several rules that fit, the one added last applies. */
  when(condition: Condition, reaction: Reaction, options: RuleOptions = {}): Rule {
    const rule = new Rule(condition, reaction, options)
    this.#rules.add(rule)
    return rule
  }

  /** The next request that fits the condition. */
  nextRequest(condition: Condition): Promise<FakeRequest> {
    return new Promise((resolve) => {
      this.#waiters.push({ condition, resolve })
    })
  }

  /** Sends an event to every connection, of every node, that registered for its type. */
  pushEvent(event: ServerEvent): void {
    for (const node of this.nodes) node.pushEvent(event)
  }

  /** Stops every node. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
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

/** Tokens at equal distances around the ring. */
function describeNodes(count: number, port: number, dataCenters: readonly string[]): NodeDescription[] {
  return Array.from({ length: count }, (_, i) => ({
    address: `127.0.0.${i + 1}`,
    port,
    hostId: randomUUID(),
    dataCenter: dataCenters[i % dataCenters.length] ?? 'dc1',
    rack: 'rack1',
    tokens: [String(-(2n ** 63n) + (2n ** 64n * BigInt(i)) / BigInt(count))],
  }))
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
