/** Nodes on EC2 in several regions: reached by their private address within a region, by their public one from another. */
import { lookup, reverse } from 'node:dns/promises'
import { CqlwireError } from '../base/errors.js'
import type { AddressTranslator, NodeAddress } from './address-translator.js'

export interface EC2MultiRegionOptions {
  /** The names that an address has; Node's `dns.promises.reverse` by default. */
  readonly reverse?: (address: string) => Promise<readonly string[]>
  /** The address that a name has from here; Node's `dns.promises.lookup` by default. */
  readonly lookup?: (name: string) => Promise<string>
}

/**
 * Takes a node's public address, asks DNS for its name, and that name for its address: within a region EC2's DNS answers with the private
 * one, elsewhere with the public one. The port stays.
 *
 * An address without a name, or a name without an address, is an error: the node is left out with a warning until a later refresh finds it,
 * rather than reached over another path than the one that was meant.
 */
export class EC2MultiRegionTranslator implements AddressTranslator {
  readonly #reverse: (address: string) => Promise<readonly string[]>
  readonly #lookup: (name: string) => Promise<string>

  constructor(options: EC2MultiRegionOptions = {}) {
    this.#reverse = options.reverse ?? reverse
    this.#lookup = options.lookup ?? (async (name) => (await lookup(name)).address)
  }

  async translate(address: string, port: number): Promise<NodeAddress> {
    const name = (await this.#reverse(address))[0]
    if (name === undefined) throw new CqlwireError(`DNS has no name for ${address}`, { code: 'ERR_UNRESOLVED' })
    return { address: await this.#lookup(name), port }
  }
}
