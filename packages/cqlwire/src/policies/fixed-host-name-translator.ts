/** Nodes behind one name, told apart by their ports. */
import { InvalidOptionError } from '../base/errors.js'
import type { AddressTranslator, NodeAddress } from './address-translator.js'

/**
 * Every node at the same host name (or address), at its own port: behind a load balancer or a NAT that forwards a port to each node. Nodes
 * that share a port can't be told apart then: this takes a cluster with `system.peers_v2` and a native port for each node.
 */
export class FixedHostNameTranslator implements AddressTranslator {
  readonly hostName: string

  constructor(hostName: string) {
    if (typeof hostName !== 'string' || !/^[^\s/]+$/.test(hostName))
      throw new InvalidOptionError(
        'hostName',
        `A FixedHostNameTranslator takes a host's name or address, got ${JSON.stringify(hostName) ?? 'nothing'}`,
      )
    this.hostName = hostName
  }

  translate(_address: string, port: number): NodeAddress {
    return { address: this.hostName, port }
  }
}
