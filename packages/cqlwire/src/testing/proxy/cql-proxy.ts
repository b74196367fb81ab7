/**
 * Proxies in front of the nodes of a cluster, real or fake, that pass CQL on and disturb it as told: for tests of how a program behaves when
 * connections are cut, stall or slow down, while the nodes themselves are well.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { InvalidArgumentError, InvalidOptionError } from '../../base/errors.js'
import { integer, listOf, resolveOptions, string } from '../../base/options.js'
import { parseContactPoint } from '../../cluster/contact-points.js'
import { endpointText } from '../../metadata/host.js'
import type { AddressTranslator } from '../../policies/address-translator.js'
import type { Fault } from './fault.js'
import type { FrameCondition, ProxyFrame } from './proxy-frame.js'
import { ProxyNode } from './proxy-node.js'
import { ProxyRule, ProxyRuleBook } from './proxy-rules.js'
import type { FaultChoice, ProxyRuleOptions } from './proxy-rules.js'
import { RingLog } from './ring-log.js'

export interface CqlProxyOptions {
  /** The nodes: `'host:port'`, or `'host'` for port 9042. One at least; others get their proxies as the driver learns of them. */
  readonly targets: readonly string[]
  /** Where the proxies listen, each on a free port; `'127.0.0.1'` by default. */
  readonly host?: string
  /** How many frames `frames` keeps, the last ones; 1,000 by default, 0 for none. */
  readonly logSize?: number
}

/** A frame that passed, and what was done to it. */
export interface PassedFrame extends ProxyFrame {
  /** Null where it was passed on as it was. */
  readonly fault: Fault['kind'] | null
}

const SPEC = {
  targets: listOf(string({ takes: "a node as 'host:port'" })),
  host: string({ default: '127.0.0.1', takes: 'an address to listen on' }),
  logSize: integer({ min: 0, max: 10_000_000, default: 1_000 }),
}

const CQL_PORT = 9042

/**
 * `await using proxy = await CqlProxy.start({ targets: ['127.0.0.1:9042'] })`, then
 * `new Cluster({ contactPoints: proxy.contactPoints, addressTranslator: proxy.addressTranslator })`.
 */
export class CqlProxy implements AsyncDisposable {
  /**
   * For the option of that name of a `Cluster`: leads each node to its proxy. A node that is no target (yet) gets a proxy of its own, so that
   * no connection goes past.
   */
  readonly addressTranslator: AddressTranslator = {
    translate: async (address, port) => {
      const { address: at, port: on } = await this.add(endpointText(address, port))
      return { address: at, port: on }
    },
  }
  readonly #host: string
  readonly #nodes: ProxyNode[] = []
  readonly #starting = new Map<string, Promise<ProxyNode>>()
  readonly #rules = new ProxyRuleBook()
  readonly #texts = new Map<string, string>()
  readonly #log: RingLog<PassedFrame>
  #isStopped = false

  private constructor(host: string, logSize: number) {
    this.#host = host
    this.#log = new RingLog(logSize)
  }

  /**
   * Starts a proxy for each target; resolves once all of them listen. The nodes need not run yet.
   *
   * @throws {InvalidOptionError} an option is wrong
   */
  static async start(options: CqlProxyOptions): Promise<CqlProxy> {
    const { targets, host, logSize } = resolveOptions(SPEC, options)
    const proxy = new CqlProxy(host, logSize)
    try {
      for (const [i, target] of targets.entries()) await proxy.#addAt(target, `targets[${i}]`)
    } catch (error) {
      await proxy.stop()
      throw error
    }
    return proxy
  }

  /** In the order of `targets`; then those that the driver has found, in the order in which it did. */
  get nodes(): readonly ProxyNode[] {
    return this.#nodes
  }

  /** What `new Cluster({ contactPoints })` takes: the proxies' addresses. */
  get contactPoints(): string[] {
    return this.#nodes.map((node) => node.name)
  }

  /** The last frames that passed, in both directions, the oldest first: see `logSize`. Counts of all of them are in each node's `traffic`. */
  get frames(): readonly PassedFrame[] {
    return this.#log.toArray()
  }

  /** The proxy of a node, by the node's `address:port`. */
  node(target: string): ProxyNode {
    const found = this.#nodes.find((node) => node.target === target)
    if (found !== undefined) return found
    const known = this.#nodes.map((node) => node.target).join(', ')
    throw new InvalidArgumentError(`There is no proxy before ${JSON.stringify(target)}: those with one are ${known}`)
  }

  /** Puts a proxy before one more node; gives the one that is there already. */
  async add(target: string): Promise<ProxyNode> {
    return this.#addAt(target, 'target')
  }

  /** Applies the fault to frames that fit the condition. Of several rules that fit, the one added last applies. */
  when(condition: FrameCondition, choice: FaultChoice, options: ProxyRuleOptions = {}): ProxyRule {
    const rule = new ProxyRule(condition, choice, options)
    this.#rules.add(rule)
    return rule
  }

  /** Removes every rule, and has every node listen, not paused and not slow. */
  async heal(): Promise<void> {
    this.#rules.removeAll()
    await Promise.all(this.#nodes.map((node) => node.heal()))
  }

  /** Closes everything. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.allSettled(this.#starting.values())
    await Promise.all(this.#nodes.map((node) => node.stop()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #addAt(target: string, path: string): Promise<ProxyNode> {
    const { host, port, path: socket } = parseContactPoint(target, CQL_PORT, path)
    if (socket !== undefined) throw new InvalidOptionError(path, `A proxy reaches its node by TCP, not by the socket ${target}`)
    const address = isIP(host) === 0 ? (await lookup(host)).address : host
    const name = endpointText(address, port)
    let starting = this.#starting.get(name)
    if (starting === undefined) {
      starting = this.#startNode(address, port)
      this.#starting.set(name, starting)
      // A port that could not be had now may be had later.
      starting.catch(() => this.#starting.delete(name))
    }
    return starting
  }

  async #startNode(host: string, port: number): Promise<ProxyNode> {
    if (this.#isStopped)
      throw new InvalidArgumentError(`The proxy was stopped: it takes no node any more, ${endpointText(host, port)} neither`)
    const node = new ProxyNode({ host, port }, this.#host, { texts: this.#texts, passing: (frame) => this.#passing(frame) })
    await node.accept()
    this.#nodes.push(node)
    return node
  }

  #passing(frame: ProxyFrame): Fault | null {
    const fault = this.#rules.apply(frame)
    this.#log.add({ ...frame, fault: fault?.kind ?? null })
    return fault
  }
}
