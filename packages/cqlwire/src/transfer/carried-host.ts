/** A node, told to a thread or process that has no cluster. */

/** A node as it is known where the cluster itself is not. */
export interface CarriedHost {
  /** `address:port`. */
  readonly endpoint: string
  readonly address: string
  readonly port: number
  readonly dataCenter: string | null
  readonly rack: string | null
  readonly hostId: string | null
  readonly releaseVersion: string | null
}

export function factsOf({ endpoint, address, port, dataCenter, rack, hostId, releaseVersion }: CarriedHost): CarriedHost {
  return { endpoint, address, port, dataCenter, rack, hostId, releaseVersion }
}
