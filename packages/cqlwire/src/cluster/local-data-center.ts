/** Which data center requests stay in. */
import { InvalidOptionError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import type { Endpoint } from '../connection/dial.js'
import type { Host } from '../metadata/host.js'
import type { ClusterSettings } from './settings.js'

type Settings = Pick<ClusterSettings, 'localDataCenter' | 'hasOwnLoadBalancing'>

/**
 * The option's data center, or the one that all contact points are in. Null where nodes have none, or where the user's own policy is left
 * to decide.
 *
 * @throws {InvalidOptionError} no node is in the option's data center, or the contact points are in several
 */
export function localDataCenterOf(settings: Settings, hosts: readonly Host[], contactEndpoints: readonly Endpoint[]): string | null {
  const { localDataCenter } = settings
  if (localDataCenter !== null) {
    const existing = [...new Set(hosts.map((host) => host.dataCenter ?? ''))].sort()
    if (existing.includes(localDataCenter)) return localDataCenter
    const near = nearestName(localDataCenter, existing)
    const hint = near === null ? '' : `. Did you mean ${JSON.stringify(near)}?`
    throw new InvalidOptionError(
      'localDataCenter',
      `Option localDataCenter is ${JSON.stringify(localDataCenter)}, but no node is in that data center; there ${existing.length === 1 ? 'is' : 'are'} ${quoted(existing)}${hint}`,
    )
  }
  const byDataCenter = contactsByDataCenter(hosts, contactEndpoints)
  if (byDataCenter.size <= 1) return byDataCenter.keys().next().value ?? null
  if (settings.hasOwnLoadBalancing) return null
  const list = [...byDataCenter].map(([name, contacts]) => `${JSON.stringify(name)} (${contacts.join(', ')})`)
  throw new InvalidOptionError(
    'localDataCenter',
    `Option localDataCenter is missing, and the contact points are in several data centers: ${list.join(', ')}. Name the one that requests are to stay in`,
  )
}

function contactsByDataCenter(hosts: readonly Host[], contactEndpoints: readonly Endpoint[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { address, port } of contactEndpoints) {
    const host = hosts.find((each) => each.port === port && (each.address === address || each.rpcAddress === address))
    if (host?.dataCenter == null) continue
    const contacts = found.get(host.dataCenter)
    if (contacts === undefined) found.set(host.dataCenter, [host.endpoint])
    else contacts.push(host.endpoint)
  }
  return found
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}
