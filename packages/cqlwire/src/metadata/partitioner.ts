/** What places partitions on the ring: one partitioner per cluster, named by system.local. */
import { createHash } from 'node:crypto'
import type { Host } from './host.js'
import { murmur3 } from './murmur3.js'
import { Murmur3Ring } from './token-ring.js'
import type { Token, TokenRing } from './token-ring.js'
import { parseToken, sortByComparing } from './token-sort.js'

export interface Partitioner {
  /** The class name without its package: `Murmur3Partitioner`. */
  readonly name: string
  /** The token of a serialized partition key. */
  tokenOf(key: Uint8Array): Token
  /** The smallest token: that of no key, where the ring begins and ends. */
  readonly minToken: Token
  /** How many tokens keys may have; null where there are as many as keys. */
  readonly ringLength: bigint | null
  /** Negative where `a` comes before `b`. */
  compare(a: Token, b: Token): number
  /** Makes the ring of the hosts' tokens, in steps. */
  ringOf(hosts: readonly Host[]): Iterator<undefined, TokenRing>
}

function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const murmur3Partitioner: Partitioner = {
  name: 'Murmur3Partitioner',
  minToken: -(2n ** 63n),
  ringLength: 2n ** 64n - 1n,
  compare: (a, b) => compareNumbers(a as bigint, b as bigint),
  tokenOf: murmur3,
  ringOf: (hosts) => Murmur3Ring.building(hosts),
}

/** The MD5 of the key as a signed 128-bit integer, without its sign (Java's BigInteger.abs). */
function md5Token(key: Uint8Array): bigint {
  const digest = BigInt.asIntN(128, BigInt(`0x${createHash('md5').update(key).digest('hex')}`))
  return digest < 0n ? -digest : digest
}

const randomPartitioner: Partitioner = {
  name: 'RandomPartitioner',
  minToken: -1n,
  ringLength: 2n ** 127n + 1n,
  compare: (a, b) => compareNumbers(a as bigint, b as bigint),
  tokenOf: md5Token,
  ringOf: (hosts) => ComparedRing.building<bigint>(hosts, { hash: md5Token, parse: parseToken, compare: compareNumbers }),
}

const byteOrderedPartitioner: Partitioner = {
  name: 'ByteOrderedPartitioner',
  minToken: new Uint8Array(0),
  ringLength: null,
  compare: (a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array),
  tokenOf: (key) => Uint8Array.from(key),
  ringOf: (hosts) =>
    ComparedRing.building<Uint8Array>(hosts, {
      hash: (key) => key,
      parse: (text) => Buffer.from(text, 'hex'),
      compare: (a, b) => Buffer.compare(a, b),
    }),
}

const PARTITIONERS: ReadonlyMap<string, Partitioner> = new Map(
  [murmur3Partitioner, randomPartitioner, byteOrderedPartitioner].map((each) => [each.name, each]),
)

/** The partitioner of a class name, with or without its package; null for one whose tokens the driver can't compute. */
export function partitionerFor(className: string): Partitioner | null {
  return PARTITIONERS.get(className.slice(className.lastIndexOf('.') + 1)) ?? null
}

interface TokenKind<T extends Token> {
  hash(key: Uint8Array): T
  parse(text: string): T
  compare(a: T, b: T): number
}

interface Entry<T> {
  readonly token: T
  readonly owner: number
}

/** A ring of tokens that are compared one by one, for the partitioners that are rare. */
class ComparedRing<T extends Token> implements TokenRing {
  readonly size: number
  readonly hosts: readonly Host[]
  readonly owners: Int32Array
  readonly #kind: TokenKind<T>
  readonly #tokens: readonly T[]

  private constructor(hosts: readonly Host[], kind: TokenKind<T>, entries: readonly Entry<T>[]) {
    this.hosts = hosts
    this.size = entries.length
    this.owners = Int32Array.from(entries, (entry) => entry.owner)
    this.#tokens = entries.map((entry) => entry.token)
    this.#kind = kind
  }

  /** Makes one in steps. */
  static *building<T extends Token>(hosts: readonly Host[], kind: TokenKind<T>): Generator<undefined, ComparedRing<T>> {
    const entries: Entry<T>[] = []
    for (const [owner, host] of hosts.entries()) {
      for (const token of host.tokens) entries.push({ token: kind.parse(token), owner })
      yield
    }
    return new ComparedRing(hosts, kind, yield* sortByComparing(entries, (a, b) => kind.compare(a.token, b.token)))
  }

  locateKey(bytes: Uint8Array, start: number, end: number): number {
    return this.locate(this.#kind.hash(bytes.subarray(start, end)))
  }

  locateWords(words: Int32Array, count: number): number {
    const key = Buffer.alloc(4 * count)
    for (let i = 0; i < count; i++) key.writeInt32BE(words[i]!, 4 * i)
    return this.locateKey(key, 0, key.length)
  }

  locate(token: Token): number {
    let from = 0
    let to = this.size
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#kind.compare(this.#tokens[middle]!, token as T) < 0) from = middle + 1
      else to = middle
    }
    return from < this.size ? from : this.size === 0 ? -1 : 0
  }

  tokenAt(position: number): Token {
    return this.#tokens[position]!
  }
}
