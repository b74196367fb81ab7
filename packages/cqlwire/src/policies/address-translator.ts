/** Where a node is reached from here, for networks in which nodes know each other by other addresses than clients do. */

export interface NodeAddress {
  readonly address: string
  readonly port: number
}

/**
 * A translator is any object with this method. Not asked about contact points: those are addresses as seen from here.
 *
 * Where it throws, rejects, gives no address, or takes longer than `connectTimeoutMs`, a warning says so; a node that is known already keeps
 * the address it has, another is left out until a later refresh. The untranslated address is never used in its place.
 */
export interface AddressTranslator {
  /** Given what the node says to be its address for clients. */
  translate(address: string, port: number): NodeAddress | Promise<NodeAddress>
}

/** The default: nodes are reached where they say. */
export class IdentityTranslator implements AddressTranslator {
  translate(address: string, port: number): NodeAddress {
    return { address, port }
  }
}
