/** How the program under chaos is connected: as one that wants to notice within a second or two that a node is silent. */
import { Cluster, ConstantReconnectionPolicy, ConstantSpeculativeExecutionPolicy } from 'cqlwire'
import type { CqlProxy } from 'cqlwire/testing'

/** Of every request, retries included. */
export const REQUEST_TIMEOUT_MS = 5_000

export function connectThrough(proxy: CqlProxy, localDataCenter: string, onWarning: (message: string) => void): Cluster {
  const cluster = new Cluster({
    contactPoints: proxy.contactPoints,
    localDataCenter,
    addressTranslator: proxy.addressTranslator,
    applicationName: 'cqlwire chaos',
    // The checksums of v5 are what shows a corrupted answer.
    protocolVersion: 5,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connectTimeoutMs: 2_000,
    schemaAgreementTimeoutMs: 30_000,
    reconnection: new ConstantReconnectionPolicy(250),
    speculativeExecution: new ConstantSpeculativeExecutionPolicy(300, 2),
    pool: { heartbeatIntervalMs: 500, heartbeatTimeoutMs: 1_500 },
  })
  cluster.on('warning', onWarning)
  return cluster
}
