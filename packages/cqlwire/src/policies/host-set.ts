/** The hosts a policy knows, by data center, in arrays that are replaced and never changed: a plan may keep one while hosts come and go. */
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

  /** Up to `perDataCenter` hosts of each remote data center. */
  remotes(perDataCenter: number): readonly Host[] {
    return [...this.#remote.values()].flatMap((hosts) => hosts.slice(0, perDataCenter))
  }

  get all(): readonly Host[] {
    return [...this.#local, ...[...this.#remote.values()].flat()]
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

  #set(dataCenter: string | null, hosts: readonly Host[]): void {
    if (dataCenter === null) this.#local = hosts
    else if (hosts.length === 0) this.#remote.delete(dataCenter)
    else this.#remote.set(dataCenter, hosts)
  }
}

function without(hosts: readonly Host[], host: Host): readonly Host[] {
  return hosts.filter((other) => other !== host)
}
