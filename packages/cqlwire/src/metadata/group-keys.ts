/** Sorts keys by the node that should be asked for them, for bulk work in batches or in one request for each node. */
import type { Host } from './host.js'
import type { Metadata } from './metadata.js'

/**
 * Groups partition keys by a replica that has them: one that is up and local where there is one, else one that is up in another data
 * center and connected to. Keys for which there is none are under null. Of several local replicas it is the one with the fewest keys so far.
 *
 * @param keys each as {@link Metadata.tokenOf} takes it: the value, an array of values, an object by column, or the serialized bytes
 * @throws {InvalidArgumentError} keyspace, table or a key don't fit
 */
export function groupKeysByReplica<K>(metadata: Metadata, keyspace: string, table: string, keys: Iterable<K>): Map<Host | null, K[]> {
  const groups = new Map<Host | null, K[]>()
  for (const key of keys) {
    const replicas = metadata.getReplicas(keyspace, metadata.tokenOf(keyspace, table, key))
    const host = fewest(replicas, 'local', groups) ?? fewest(replicas, 'remote', groups)
    const group = groups.get(host)
    if (group === undefined) groups.set(host, [key])
    else group.push(key)
  }
  return groups
}

function fewest<K>(replicas: readonly Host[], distance: Host['distance'], groups: ReadonlyMap<Host | null, K[]>): Host | null {
  let best: Host | null = null
  let fewestKeys = Infinity
  for (const host of replicas) {
    const count = groups.get(host)?.length ?? 0
    if (!host.isUp || host.distance !== distance || count >= fewestKeys) continue
    best = host
    fewestKeys = count
  }
  return best
}
