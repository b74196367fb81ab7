/** Where a node is reached from here, for networks in which nodes know each other by other addresses than clients do. */

export interface NodeAddress {
  readonly address: string
  readonly port: number
  /**
   * For nodes behind one proxy that tells them apart by the name TLS asks for (SNI): that name. `address` and `port` are then the proxy's;
   * the node is known by its own address. Certificates are checked against this name.
   */
  readonly serverName?: string
}

/**
 * A translator is any object with this method. Not asked about contact points: those are addresses as seen from here. (Where it gives
 * other nodes a `serverName`, it is asked about the node behind the contact point as well.)
 *
 * Where it throws, rejects, gives no address, or takes longer than `connectTimeoutMs`, a warning says so; a node that is known already keeps
 * the address it has, another is left out until a later refresh. The untranslated address is never used in its place.
 */
export interface AddressTranslator {
  /** Given what the node says to be its address for clients, and its host id: a UUID as text. */
  translate(address: string, port: number, hostId?: string | null): NodeAddress | Promise<NodeAddress>
}

/** The default: nodes are reached where they say. */
export class IdentityTranslator implements AddressTranslator {
  translate(address: string, port: number): NodeAddress {
    return { address, port }
  }
}
