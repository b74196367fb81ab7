/** Nodes behind one address per network: a private link, a NAT, a proxy per data center. */
import { BlockList, isIP } from 'node:net'
import { CqlwireError, InvalidOptionError } from '../base/errors.js'
import type { AddressTranslator, NodeAddress } from './address-translator.js'

export interface SubnetTranslatorOptions {
  /** Where nodes outside of all subnets are reached: `'host:port'` or `'host'`. Default: none, such a node is left out with a warning. */
  readonly defaultAddress?: string
}

interface Subnet {
  readonly name: string
  readonly network: string
  readonly family: 'ipv4' | 'ipv6'
  readonly members: BlockList
  readonly target: Target
}

interface Target {
  readonly address: string
  /** null: the node's own. */
  readonly port: number | null
}

/**
 * Nodes by their network: `{ '100.64.0.0/15': 'dc1.example.com:9042', 'fd00:1::/48': '[2001:db8::1]:9043' }`. A target without a port keeps
 * the node's.
 *
 * @throws {InvalidOptionError} a subnet or a target is none, or two subnets overlap
 */
export class SubnetTranslator implements AddressTranslator {
  readonly #subnets: readonly Subnet[]
  readonly #default: Target | null

  constructor(subnets: Readonly<Record<string, string>>, options: SubnetTranslatorOptions = {}) {
    this.#subnets = Object.entries(subnets).map(([name, target]) => readSubnet(name, target))
    if (this.#subnets.length === 0)
      throw new InvalidOptionError('subnets', "A SubnetTranslator takes one subnet at least: { '10.0.0.0/8': 'host:port' }")
    for (const [i, one] of this.#subnets.entries()) for (const other of this.#subnets.slice(i + 1)) checkApart(one, other)
    this.#default = options.defaultAddress === undefined ? null : readTarget('defaultAddress', options.defaultAddress)
  }

  translate(address: string, port: number): NodeAddress {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const target = this.#subnets.find((subnet) => subnet.members.check(address, family))?.target ?? this.#default
    if (target !== null) return { address: target.address, port: target.port ?? port }
    const known = this.#subnets.map(({ name }) => name).join(', ')
    throw new CqlwireError(`${address} is in none of the subnets ${known}, and there is no defaultAddress`, { code: 'ERR_UNRESOLVED' })
  }
}

function readSubnet(name: string, target: string): Subnet {
  const [network = '', bits = '', ...rest] = name.split('/')
  const version = isIP(network)
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
  if (version === 0 || rest.length > 0 || prefix > (version === 6 ? 128 : 32))
    throw new InvalidOptionError(
      `subnets.${name}`,
      `A subnet is a network and its prefix length, '10.0.0.0/8' or 'fd00::/8', got ${JSON.stringify(name)}`,
    )
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const members = new BlockList()
  members.addSubnet(network, prefix, family)
  return { name, network, family, members, target: readTarget(`subnets.${name}`, target) }
}

/** Of two that overlap, the larger one has the other's first address, or the smaller one lies wholly within: one check each way. */
function checkApart(one: Subnet, other: Subnet): void {
  if (!one.members.check(other.network, other.family) && !other.members.check(one.network, one.family)) return
  throw new InvalidOptionError('subnets', `The subnets ${one.name} and ${other.name} overlap: which of them a node is in could not be told`)
}

function readTarget(path: string, target: unknown): Target {
  const text = typeof target === 'string' ? target : ''
  if (isIP(text) === 6) return { address: text, port: null }
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[3] === undefined ? null : Number(match[3])
  const isWrong = match === null || (match[1] !== undefined && isIP(match[1]) !== 6) || port === 0 || (port ?? 0) > 65_535
  if (isWrong)
    throw new InvalidOptionError(path, `${path} takes 'host', 'host:port' or '[IPv6]:port', got ${JSON.stringify(target) ?? 'nothing'}`)
  return { address: match[1] ?? match[2]!, port }
}
