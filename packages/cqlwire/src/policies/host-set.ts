/** The hosts a policy knows, by data center, in arrays that are replaced and never changed: a plan may keep one while hosts come and go. */
import { InvalidOptionError } from '../base/errors.js'
import type { Host } from '../metadata/host.js'

export class HostSet {
  readonly #dataCenterOf: (host: Host) => string | null
  #local: readonly Host[] = []
  readonly #remote = new Map<string, readonly Host[]>()

  /** `dataCenterOf` gives null for a host at home, else the name of its data center. */
  constructor(dataCenterOf: (host: Host) => string | null) {
    this.#dataCenterOf = dataCenterOf
  }

  get local(): readonly Host[] {
    return this.#local
  }

  remote(dataCenter: string): readonly Host[] {
    return this.#remote.get(dataCenter) ?? []
  }

  /** Up to `perDataCenter` hosts of each remote data center: the preferred ones first, in their order, then the others. */
  remotes(perDataCenter: number, preferred: readonly string[] = []): readonly Host[] {
    if (perDataCenter === 0) return []
    const names = new Set([...preferred, ...this.#remote.keys()])
    return [...names].flatMap((name) => this.remote(name).slice(0, perDataCenter))
  }

  add(host: Host): void {
    const dataCenter = this.#dataCenterOf(host)
    const hosts = dataCenter === null ? this.#local : this.remote(dataCenter)
    if (!hosts.includes(host)) this.#set(dataCenter, [...hosts, host])
  }

  /** Wherever it stands: its data center may have changed since it was added. */
  remove(host: Host): void {
    if (this.#local.includes(host)) this.#set(null, without(this.#local, host))
    for (const [dataCenter, hosts] of this.#remote) if (hosts.includes(host)) this.#set(dataCenter, without(hosts, host))
  }

  /** Puts a host where it belongs now. */
  move(host: Host): void {
    this.remove(host)
    this.add(host)
  }

  /** Whether a remote host is one of the first `count` of its data center. */
  isAmongFirst(host: Host, count: number): boolean {
    const index = count === 0 ? -1 : this.remote(this.#dataCenterOf(host) ?? '').indexOf(host)
    return index >= 0 && index < count
  }

  #set(dataCenter: string | null, hosts: readonly Host[]): void {
    if (dataCenter === null) this.#local = hosts
    else if (hosts.length === 0) this.#remote.delete(dataCenter)
    else this.#remote.set(dataCenter, hosts)
  }
}

function without(hosts: readonly Host[], host: Host): readonly Host[] {
  return hosts.filter((other) => other !== host)
}

/** Where requests may go when nobody is left in the local data center. */
export interface FailoverOptions {
  /** Hosts of each other data center that are asked after the local ones. 0 by default: requests stay at home. */
  readonly usedHostsPerRemoteDc?: number
  /** The data centers that are asked before other remote ones, in this order. None by default. */
  readonly preferredRemoteDcs?: readonly string[]
  /**
   * Whether requests at a LOCAL_ consistency level go there, too: the level then means the replicas over there. False by default: only
   * requests at other levels (ONE, QUORUM, ...) leave the local data center.
   */
  readonly allowRemoteForLocalConsistency?: boolean
}

/** The same, checked, as policies keep it. */
export class Failover {
  readonly usedHostsPerRemoteDc: number
  readonly preferred: readonly string[]
  readonly #allowsLocalLevels: boolean

  constructor(options: FailoverOptions) {
    const { preferredRemoteDcs = [], allowRemoteForLocalConsistency = false } = options
    this.usedHostsPerRemoteDc = remoteHosts(options.usedHostsPerRemoteDc)
    if (!isListOfNames(preferredRemoteDcs))
      throw new InvalidOptionError('preferredRemoteDcs', "preferredRemoteDcs takes an array of data centers' names")
    if (preferredRemoteDcs.length > 0 && this.usedHostsPerRemoteDc === 0)
      throw new InvalidOptionError(
        'preferredRemoteDcs',
        'preferredRemoteDcs has no effect while usedHostsPerRemoteDc is 0: say how many hosts of each may be asked',
      )
    this.preferred = [...preferredRemoteDcs]
    this.#allowsLocalLevels = allowRemoteForLocalConsistency
  }

  /** The remote hosts that a request at this consistency level may go to. */
  hostsOf(set: HostSet, consistency: string): readonly Host[] {
    if (this.usedHostsPerRemoteDc === 0 || (!this.#allowsLocalLevels && consistency.startsWith('LOCAL_'))) return []
    return set.remotes(this.usedHostsPerRemoteDc, this.preferred)
  }
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '')
}

/** Checks the option `usedHostsPerRemoteDc`, 0 by default. */
function remoteHosts(value = 0): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidOptionError('usedHostsPerRemoteDc', `usedHostsPerRemoteDc takes an integer of at least 0, got ${String(value)}`)
}
