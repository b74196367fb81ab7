/** Which nodes can be used, learned from their connections, and from events where there are none. */
import type { Host } from '../metadata/host.js'
import type { ConvictionPolicy } from '../policies/conviction.js'
import type { PoolSet } from './pool-set.js'

export interface HostStatusContext {
  readonly conviction: ConvictionPolicy
  poolSets(): Iterable<PoolSet>
  warn(message: string): void
  /** The host's `isUp` has just changed. */
  onChange(host: Host): void
}

export class HostStatus {
  readonly #context: HostStatusContext

  constructor(context: HostStatusContext) {
    this.#context = context
  }

  /** A connection to the node stands. */
  connected(host: Host): void {
    this.#guard('reset', () => this.#context.conviction.reset(host))
    this.#set(host, true)
  }

  /** A connection to the node was lost or could not be made: the conviction policy says whether it counts as down. */
  failed(host: Host, error: Error): void {
    if (this.#guard('addFailure', () => this.#context.conviction.addFailure(host, error)) ?? !this.#isConnected(host))
      this.#set(host, false)
  }

  /** Other nodes say that it is up. A node with connections of ours proves it by them; where none is kept, the word is taken. */
  saidUp(host: Host): void {
    if (host.distance === 'ignored' || host.pool === null) return this.#set(host, true)
    for (const pools of this.#context.poolSets()) pools.wake(host)
  }

  /** Other nodes say that it is down. That may be their view only: open connections count for more. */
  saidDown(host: Host): void {
    if (!this.#isConnected(host)) this.#set(host, false)
  }

  #isConnected(host: Host): boolean {
    return host.pool !== null && host.pool.openConnections > 0
  }

  #set(host: Host, isUp: boolean): void {
    if (host.isUp === isUp) return
    host.isUp = isUp
    this.#context.onChange(host)
  }

  #guard<T>(what: string, call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#context.warn(
        `The conviction policy failed in ${what}, the driver goes on: ${error instanceof Error ? error.message : String(error)}`,
      )
      return undefined
    }
  }
}
