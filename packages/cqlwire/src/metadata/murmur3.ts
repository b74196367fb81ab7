/**
 * The hash behind Cassandra's Murmur3Partitioner: MurmurHash3 x64 128 with seed 0, of which the first 64 bits are the token.
 *
 * Cassandra's version differs from the published one: bytes of the tail (the last `length % 16`) are taken as signed, so that
 * one of 0x80 and above flips all bits above it too. Tokens must do the same, or keys go to the wrong node.
 *
 * On the path of a request: 32-bit halves only, no BigInt, nothing allocated.
 */

import { compiled, TOKEN_LOW_AT } from '../base/compiled.js'
import type { Compiled } from '../base/compiled.js'

// The constants c1 = 0x87c37b91114253d5 and c2 = 0x4cf5ad432745937f of MurmurHash3 x64 128.
const C1_HIGH = 0x87c37b91 | 0
const C1_LOW = 0x114253d5
const C2_HIGH = 0x4cf5ad43
const C2_LOW = 0x2745937f

/** Where a token is left: its upper half (signed) and its lower half (its 32 bits as a signed integer). */
export interface TokenHalves {
  high: number
  low: number
}

// The running hash: the halves of h1 and of h2. A typed array keeps 32-bit integers out of the heap; the code is not re-entrant, nor need it be.
const state = new Int32Array(4)

/** The upper 32 bits of the product of two unsigned 32-bit integers, from their 16-bit halves. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const p01 = Math.imul(a0, b1)
  const p10 = Math.imul(a1, b0)
  const middle = (Math.imul(a0, b0) >>> 16) + (p01 & 0xffff) + (p10 & 0xffff)
  return (Math.imul(a1, b1) + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16)) | 0
}

/** The upper 32 bits of the product of two 64-bit integers modulo 2^64. The lower ones are `Math.imul(aLow, bLow)`. */
function mul64High(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return (mulHigh(aLow, bLow) + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0
}

/** h1 ^= rotl(k1 * c1, 31) * c2 */
function xorK1(high: number, low: number): void {
  const h = mul64High(high, low, C1_HIGH, C1_LOW)
  const l = Math.imul(low, C1_LOW)
  const rotatedHigh = (h << 31) | (l >>> 1)
  const rotatedLow = (l << 31) | (h >>> 1)
  state[0]! ^= mul64High(rotatedHigh, rotatedLow, C2_HIGH, C2_LOW)
  state[1]! ^= Math.imul(rotatedLow, C2_LOW)
}

/** h2 ^= rotl(k2 * c2, 33) * c1 */
function xorK2(high: number, low: number): void {
  const h = mul64High(high, low, C2_HIGH, C2_LOW)
  const l = Math.imul(low, C2_LOW)
  const rotatedHigh = (l << 1) | (h >>> 31)
  const rotatedLow = (h << 1) | (l >>> 31)
  state[2]! ^= mul64High(rotatedHigh, rotatedLow, C1_HIGH, C1_LOW)
  state[3]! ^= Math.imul(rotatedLow, C1_LOW)
}

/** The word at `into` becomes (rotl(word, 27 or 31) + the other word) * 5 + addend. */
function stir(into: number, other: number, rotation: number, addend: number): void {
  const h = state[into]!
  const l = state[into + 1]!
  const rotatedLow = (l << rotation) | (h >>> (32 - rotation))
  const low = (rotatedLow + state[other + 1]!) | 0
  const high = ((h << rotation) | (l >>> (32 - rotation))) + state[other]! + carry(low, rotatedLow)
  // Five times is four times and once: the two upper bits go over, and what the sums carry.
  const fourfold = low << 2
  const fivefold = (fourfold + low) | 0
  const sum = (fivefold + addend) | 0
  state[into] = Math.imul(high | 0, 5) + (low >>> 30) + carry(fivefold, fourfold) + carry(sum, fivefold)
  state[into + 1] = sum
}

/** What a 32-bit sum carries over: it has wrapped where it is smaller than one of its terms. */
function carry(sum: number, term: number): number {
  return sum >>> 0 < term >>> 0 ? 1 : 0
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** The tail's bytes as a little-endian integer whose bytes are signed, upper half. `count` is at most 8. */
function signedHigh(bytes: Uint8Array, at: number, count: number): number {
  let high = 0
  for (let i = 0; i < count; i++) {
    const byte = (bytes[at + i]! << 24) >> 24
    high ^= i < 4 ? byte >> 31 : byte << ((i - 4) * 8)
  }
  return high
}

/** The same, lower half. */
function signedLow(bytes: Uint8Array, at: number, count: number): number {
  let low = 0
  for (let i = 0; i < count && i < 4; i++) low ^= ((bytes[at + i]! << 24) >> 24) << (i * 8)
  return low
}

/** The finalizer over the word at `at`: each step is k ^= k >>> 33, twice followed by a product. */
function finalMix(at: number): void {
  let h = state[at]!
  let l = state[at + 1]! ^ (h >>> 1)
  h = mul64High(h, l, 0xff51afd7, 0xed558ccd)
  l = Math.imul(l, 0xed558ccd) ^ (h >>> 1)
  h = mul64High(h, l, 0xc4ceb9fe, 0x1a85ec53)
  l = Math.imul(l, 0x1a85ec53) ^ (h >>> 1)
  state[at] = h
  state[at + 1] = l
}

/** state[into] += state[from], as 64-bit words. */
function add(into: number, from: number): void {
  const term = state[into + 1]!
  const low = (term + state[from + 1]!) | 0
  state[into] = state[into]! + state[from]! + carry(low, term)
  state[into + 1] = low
}

/** Keys up to this many bytes are copied one by one: a call of `set` costs more than the hash (docs/compiled.md). */
const COPIED_BY_LOOP = 32

/** The token of the bytes from `start` (inclusive) to `end` (exclusive), left in `out`. */
export function murmur3Into(bytes: Uint8Array, start: number, end: number, out: TokenHalves): void {
  if (!murmur3Compiled(bytes, start, end, out)) murmur3Plain(bytes, start, end, out)
}

/** The same by compiled code; false where there is none, or the key is too long for it. `code` is for tests. */
export function murmur3Compiled(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: TokenHalves,
  code: Compiled | null = compiled(),
): boolean {
  const length = end - start
  if (code === null || !code.ensure(KEY_AT + length)) return false
  const memory = code.bytes
  if (length > COPIED_BY_LOOP) memory.set(bytes.subarray(start, end), KEY_AT)
  else for (let i = 0; i < length; i++) memory[KEY_AT + i] = bytes[start + i]!
  out.high = code.run.murmur3(KEY_AT, length)
  out.low = code.view.getInt32(TOKEN_LOW_AT, true)
  keepOutMinimum(out)
  return true
}

/** The token of a key of 4, 8 or 16 bytes, given as its `count` = 1, 2 or 4 big-endian words, left in `out`. `code` is for tests. */
export function murmur3OfWords(words: Int32Array, count: number, out: TokenHalves, code: Compiled | null = compiled()): void {
  if (code === null) {
    for (let i = 0; i < count; i++) keyView.setInt32(4 * i, words[i]!)
    return murmur3Plain(keyBytes, 0, 4 * count, out)
  }
  const isLong = count === 4
  out.high = code.run.murmur3OfWords(count, words[0]!, count > 1 ? words[1]! : 0, isLong ? words[2]! : 0, isLong ? words[3]! : 0)
  out.low = code.view.getInt32(TOKEN_LOW_AT, true)
  keepOutMinimum(out)
}

const keyBytes = new Uint8Array(16)
const keyView = new DataView(keyBytes.buffer)

/** Where the key lies in the compiled module's memory. */
const KEY_AT = 64 * 1024

/** The same in TypeScript alone. */
export function murmur3Plain(bytes: Uint8Array, start: number, end: number, out: TokenHalves): void {
  state[0] = state[1] = state[2] = state[3] = 0
  const length = end - start
  const tail = end - (length & 15)
  for (let at = start; at < tail; at += 16) {
    xorK1(word(bytes, at + 4), word(bytes, at))
    stir(0, 2, 27, 0x52dce729)
    xorK2(word(bytes, at + 12), word(bytes, at + 8))
    stir(2, 0, 31, 0x38495ab5)
  }
  const rest = end - tail
  if (rest > 8) xorK2(signedHigh(bytes, tail + 8, rest - 8), signedLow(bytes, tail + 8, rest - 8))
  if (rest > 0) xorK1(signedHigh(bytes, tail, Math.min(rest, 8)), signedLow(bytes, tail, Math.min(rest, 8)))
  state[1] ^= length
  state[3] ^= length
  add(0, 2)
  add(2, 0)
  finalMix(0)
  finalMix(2)
  add(0, 2)
  out.high = state[0]!
  out.low = state[1]!
  keepOutMinimum(out)
}

function keepOutMinimum(out: TokenHalves): void {
  // The smallest 64-bit integer stands for "before all tokens" in Cassandra: a key that hashes to it gets the largest one.
  if (out.high === -0x8000_0000 && out.low === 0) {
    out.high = 0x7fff_ffff
    out.low = -1
  }
}

const halves: TokenHalves = { high: 0, low: 0 }

/** The token of a serialized partition key, as Cassandra's Murmur3Partitioner computes it. */
export function murmur3(bytes: Uint8Array): bigint {
  murmur3Into(bytes, 0, bytes.length, halves)
  return tokenFromHalves(halves.high, halves.low)
}

/** The 64-bit token of its halves. */
export function tokenFromHalves(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0)
}
