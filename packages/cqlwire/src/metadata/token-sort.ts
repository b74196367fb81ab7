/** Puts the tokens of many nodes in order, in steps: a cluster may have a quarter of a million. */
import { MalformedFrameError } from '../base/errors.js'
import type { Host } from './host.js'

/** Tokens between two yields, which take about half a millisecond. */
const STEP = 2048

/** Up to so many tokens the index has four times as many entries. */
const SMALL = 4096

/** Murmur3 tokens in ascending order. */
export interface SortedTokens {
  readonly high: Int32Array
  readonly low: Uint32Array
  /** For each position the index of the token's host. */
  readonly owners: Int32Array
  /** For each value of the upper bits (as unsigned integers, so that they ascend) the position of the first token that has it or more. */
  readonly starts: Int32Array
  /** How far the upper half is shifted to the right for those bits. */
  readonly shift: number
}

/**
 * Sorts by buckets: the hash spreads tokens evenly, so that with one bucket to each token hardly any has more than a few, and the
 * buckets' beginnings are the index that a look-up begins with.
 */
export function* sortMurmur3(hosts: readonly Host[]): Generator<undefined, SortedTokens> {
  const size = hosts.reduce((sum, host) => sum + host.tokens.length, 0)
  // A small index has room for most tokens to be alone: a search that is over at once is foreseen by the processor.
  const bits = Math.min(Math.max(Math.ceil(Math.log2(size)) + (size <= SMALL ? 2 : 0), 1), 20)
  const shift = 32 - bits
  const read = { high: new Int32Array(size), low: new Uint32Array(size), owners: new Int32Array(size) }
  const starts = new Int32Array(2 ** bits + 1)
  const view = new DataView(new ArrayBuffer(8))
  let at = 0
  for (const [index, { tokens }] of hosts.entries()) {
    // Of a host that was given other tokens meanwhile, no more are taken than there is room for: the ring is made anew for those.
    for (let i = 0; i < tokens.length && at < size; i++) {
      view.setBigInt64(0, parseToken(tokens[i]!))
      read.high[at] = view.getInt32(0)
      read.low[at] = view.getUint32(4)
      read.owners[at] = index
      starts[bucketOf(read.high[at]!, shift) + 1]!++
      if (++at % STEP === 0) yield
    }
  }
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket]! += starts[bucket - 1]!
  yield
  const sorted = { high: new Int32Array(at), low: new Uint32Array(at), owners: new Int32Array(at), starts, shift }
  const next = starts.slice()
  for (let i = 0; i < at; i++) {
    place(read, i, sorted, next[bucketOf(read.high[i]!, shift)]!++)
    if (i % (8 * STEP) === 0) yield
  }
  for (let bucket = 0; bucket + 1 < starts.length; bucket++) {
    sortBucket(sorted, starts[bucket]!, starts[bucket + 1]!)
    if (bucket % (4 * STEP) === 0) yield
  }
  return sorted
}

/** More digits than any token has. */
const MOST_DIGITS = 64

/** A token as a node writes it: an integer. */
export function parseToken(text: string): bigint {
  try {
    if (text.length <= MOST_DIGITS) return BigInt(text)
  } catch {
    // Refused below.
  }
  throw new MalformedFrameError(`A node has the token ${JSON.stringify(text.slice(0, MOST_DIGITS))}, which is not an integer`)
}

type Tokens = Pick<SortedTokens, 'high' | 'low' | 'owners'>

function bucketOf(high: number, shift: number): number {
  return (high ^ -0x8000_0000) >>> shift
}

function place(from: Tokens, index: number, to: Tokens, position: number): void {
  to.high[position] = from.high[index]!
  to.low[position] = from.low[index]!
  to.owners[position] = from.owners[index]!
}

/** More than these aren't chance: tokens that somebody chose. */
const MOST_BY_HAND = 32

function sortBucket(tokens: Tokens, from: number, to: number): void {
  if (to - from > MOST_BY_HAND) return sortLarge(tokens, from, to)
  const { high, low, owners } = tokens
  for (let i = from + 1; i < to; i++) {
    const h = high[i]!
    const l = low[i]!
    const owner = owners[i]!
    let at = i
    while (at > from && (high[at - 1]! > h || (high[at - 1]! === h && low[at - 1]! > l))) {
      place(tokens, at - 1, tokens, at)
      at--
    }
    high[at] = h
    low[at] = l
    owners[at] = owner
  }
}

function sortLarge(tokens: Tokens, from: number, to: number): void {
  const { high, low } = tokens
  const copy = { high: high.slice(from, to), low: low.slice(from, to), owners: tokens.owners.slice(from, to) }
  const order = Array.from(copy.high, (_, index) => index)
  order.sort((a, b) => copy.high[a]! - copy.high[b]! || copy.low[a]! - copy.low[b]! || a - b)
  for (const [i, index] of order.entries()) place(copy, index, tokens, from + i)
}

/** Sorts in place by comparing: chunks first, then pairs of runs are merged. Equal ones keep their order. */
export function* sortByComparing<T>(items: T[], compare: (a: T, b: T) => number): Generator<undefined, T[]> {
  const size = items.length
  let from = items
  for (let start = 0; start < size; start += STEP) {
    const chunk = from.slice(start, start + STEP).sort(compare)
    for (const [i, item] of chunk.entries()) from[start + i] = item
    yield
  }
  let to = items.slice()
  for (let run = STEP; run < size; run *= 2) {
    for (let start = 0; start < size; start += 2 * run) {
      const middle = Math.min(start + run, size)
      const end = Math.min(start + 2 * run, size)
      let left = start
      let right = middle
      for (let at = start; at < end; at++) {
        const takeLeft = left < middle && (right >= end || compare(from[left]!, from[right]!) <= 0)
        to[at] = takeLeft ? from[left++]! : from[right++]!
        if (at % STEP === 0) yield
      }
    }
    ;[from, to] = [to, from]
  }
  return from
}
