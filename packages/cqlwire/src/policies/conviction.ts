/** When a node counts as down. */
import type { Host } from '../metadata/host.js'

/** A policy is any object with these methods. */
export interface ConvictionPolicy {
  /** A connection to the host was lost or could not be made. True to mark the host down. */
  addFailure(host: Host, error: Error): boolean
  /** A connection to the host stands again. */
  reset(host: Host): void
}

/** The default: a host is down as soon as a connection failed and no other one to it is open. */
export class SimpleConvictionPolicy implements ConvictionPolicy {
  addFailure(host: Host): boolean {
    return host.pool === null || host.pool.openConnections === 0
  }

  reset(): void {}
}
