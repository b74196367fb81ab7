/**
 * The replicas of a large Murmur3 ring, as numbers of hosts beside the tokens.
 *
 * With a quarter of a million tokens nearly every look-up has to wait for memory (some 40 ns each time), so what is looked at together lies together:
 * a record has a token and the replicas of its position, and one line of the cache holds it. Lists of their own would lie all over the heap.
 */
import type { Host } from './host.js'
import type { Murmur3Ring } from './token-ring.js'

/** Words of a record: the token's halves, then the hosts' numbers, two to a word, counted from 1; 0 where they are not worked out yet. */
const NUMBERS_AT = 2

export class ReplicaRecords {
  /** How many replicas each position has. */
  readonly width: number
  readonly #hosts: readonly Host[]
  readonly #starts: Int32Array
  readonly #shift: number
  readonly #size: number
  readonly #stride: number
  readonly #records: Int32Array
  readonly #numberOf: ReadonlyMap<Host, number>

  /** Whether such a ring, with that many replicas to each position, can be kept so. */
  static serves(ring: Murmur3Ring, width: number): boolean {
    return width > 0 && width <= 12 && ring.hosts.length <= 0xffff
  }

  constructor(ring: Murmur3Ring, width: number) {
    this.width = width
    this.#hosts = ring.hosts
    this.#starts = ring.starts
    this.#shift = ring.shift
    this.#size = ring.size
    this.#stride = width <= 4 ? 4 : 8
    this.#records = new Int32Array(this.#size * this.#stride)
    this.#numberOf = new Map(ring.hosts.map((host, index) => [host, index + 1]))
    ring.putTokens(this.#records, this.#stride)
  }

  /** The position of a token, given as its halves; see `Murmur3Ring.locateHalves`. */
  locate(high: number, low: number): number {
    const records = this.#records
    const stride = this.#stride
    const prefix = (high ^ -0x8000_0000) >>> this.#shift
    let from = this.#starts[prefix]!
    let to = this.#starts[prefix + 1]!
    while (from < to) {
      const middle = (from + to) >>> 1
      const other = records[middle * stride]!
      if (other < high || (other === high && records[middle * stride + 1]! >>> 0 < low >>> 0)) from = middle + 1
      else to = middle
    }
    return from < this.#size ? from : 0
  }

  /** The replicas of a position, primary first, in a new list; null where they are not worked out yet. */
  listAt(position: number): readonly Host[] | null {
    const hosts = this.#hosts
    const records = this.#records
    const at = position * this.#stride + NUMBERS_AT
    const pair = records[at]!
    if (pair === 0) return null
    if (this.width === 3) return [hosts[(pair & 0xffff) - 1]!, hosts[(pair >>> 16) - 1]!, hosts[records[at + 1]! - 1]!]
    return Array.from({ length: this.width }, (_, i) => hosts[((records[at + (i >> 1)]! >>> ((i & 1) << 4)) & 0xffff) - 1]!)
  }

  /** Keeps the replicas of a position; there must be `width` of them. */
  set(position: number, list: readonly Host[]): void {
    const at = position * this.#stride + NUMBERS_AT
    for (const [i, host] of list.entries()) this.#records[at + (i >> 1)]! |= this.#numberOf.get(host)! << ((i & 1) << 4)
  }
}
