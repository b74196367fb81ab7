import type { Session } from 'cqlwire'

/** The server as it describes itself. */
export interface ClusterFacts {
  readonly cassandra: string
  readonly localDataCenter: string
  /** Nodes in all data centres. */
  readonly nodes: number
  /** Copies of each row that the demo asks for: three where the local data centre has as many nodes. */
  readonly replicas: number
}

interface Place {
  readonly data_center: string
}

export async function readClusterFacts(session: Session): Promise<ClusterFacts> {
  const local = (await session.execute<Place & { release_version: string }>('SELECT release_version, data_center FROM system.local')).one()
  const peers = await session.execute<Place>('SELECT data_center FROM system.peers')
  const localDataCenter = local?.data_center ?? ''
  const neighbours = peers.rows.filter((peer) => peer.data_center === localDataCenter).length
  return {
    cassandra: local?.release_version ?? 'unknown',
    localDataCenter,
    nodes: 1 + peers.length,
    replicas: Math.min(3, 1 + neighbours),
  }
}
