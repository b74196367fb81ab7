/** Where nodes may be found: the contact points' addresses, resolved anew each time, and the nodes that are known. */
import { NoHostAvailableError } from '../base/errors.js'
import { type Endpoint, endpointName } from '../connection/dial.js'
import type { Host } from '../metadata/host.js'
import { type ContactPoint, type LookupAll, resolveContactPoints } from './contact-points.js'

export interface ContactEndpointsOptions {
  /** `address:port` of a host → where it is reached, where that is not its address. Kept by the topology. */
  readonly routes?: ReadonlyMap<string, Endpoint>
  readonly lookup?: LookupAll
}

export class ContactEndpoints {
  readonly #points: readonly ContactPoint[]
  readonly #options: ContactEndpointsOptions
  /** What the contact points resolved to last. */
  endpoints: readonly Endpoint[] = []
  #names: ReadonlyMap<string, string> = new Map()

  constructor(points: readonly ContactPoint[], options: ContactEndpointsOptions = {}) {
    this.#points = points
    this.#options = options
  }

  /**
   * The contact points' addresses, in random order: clients with one configuration must not all start at the same node.
   *
   * @throws {NoHostAvailableError} none resolves
   */
  async resolve(): Promise<readonly Endpoint[]> {
    const { endpoints: resolved, errors } = await resolveContactPoints(this.#points, this.#options.lookup)
    if (resolved.length === 0) throw unresolvable(errors)
    this.endpoints = resolved
    this.#names = new Map(resolved.flatMap((each) => (each.contactName === undefined ? [] : [[endpointName(each), each.contactName]])))
    return shuffled(resolved)
  }

  /** Where a node is reached; by TLS under the name that a contact point has for its address. */
  endpointOf(host: Host): Endpoint {
    const route = this.#options.routes?.get(host.endpoint)
    if (route !== undefined) return route
    const { address, port } = host
    const contactName = this.#names.get(host.endpoint)
    return contactName === undefined ? { address, port } : { address, port, contactName }
  }

  /** Known nodes, the near ones that are up first, then the contact points as they resolve now. */
  async candidates(hosts: readonly Host[]): Promise<readonly Endpoint[]> {
    const found = new Map<string, Endpoint>()
    for (const host of shuffled(hosts).sort((a, b) => rank(a) - rank(b))) {
      const endpoint = this.endpointOf(host)
      // Behind a proxy there are several nodes at one address.
      found.set(endpoint.path ?? host.endpoint, endpoint)
    }
    try {
      for (const endpoint of await this.resolve()) if (!found.has(endpointName(endpoint))) found.set(endpointName(endpoint), endpoint)
    } catch (error) {
      if (found.size === 0) throw error
    }
    return [...found.values()]
  }
}

function rank(host: Host): number {
  return (host.isUp ? 0 : 3) + (host.distance === 'local' ? 0 : host.distance === 'remote' ? 1 : 2)
}

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i--) {
    const other = Math.floor(Math.random() * (i + 1))
    const item = copy[i]!
    copy[i] = copy[other]!
    copy[other] = item
  }
  return copy
}

function unresolvable(errors: ReadonlyMap<string, Error>): NoHostAvailableError {
  const list = [...errors].map(([point, error]) => `\n  ${point}: ${error.message}`)
  const what = errors.size === 1 ? 'The contact point does not resolve' : `None of ${errors.size} contact points resolves`
  return new NoHostAvailableError(`${what} to an address. Is the name right, and DNS reachable?${list.join('')}`, errors)
}
