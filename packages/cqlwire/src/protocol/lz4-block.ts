/**
 * LZ4 blocks in plain TypeScript, written from the description of the format (lz4_Block_format.md in the LZ4 project).
 *
 * A block is sequences: a token (4 bits of literal count, 4 bits of match length - 4), more literal count, the literals, the match's offset
 * (2 bytes, little-endian), more match length. A half of 15 goes on in bytes that are added, up to one below 255. The last sequence
 * ends after its literals. The twin of `assembly/lz4.ts`, step by step: both write the same bytes.
 */

const MIN_MATCH = 4
/** The last match starts at least so many bytes before the end. */
const MATCH_START_LIMIT = 12
/** The last bytes are always literals. */
const LAST_LITERALS = 5
const MAX_OFFSET = 65_535

/** The longest block of `length` bytes. */
export function lz4Bound(length: number): number {
  return length + Math.trunc(length / 255) + 16
}

/** Fills `target` from the block; returns how many bytes it held, -1 where it isn't a block, or holds more than fits. */
export function lz4DecompressInto(block: Uint8Array, target: Uint8Array): number {
  const end = block.length
  const limit = target.length
  let from = 0
  let to = 0
  while (from < end) {
    const token = block[from++]!
    let count = token >> 4
    if (count === 15) {
      for (let more = 255; more === 255; count += more) {
        if (from >= end || count > limit) return -1
        more = block[from++]!
      }
    }
    if (count > end - from || count > limit - to) return -1
    copyLiterals(block, from, target, to, count)
    from += count
    to += count
    if (from === end) return to
    if (end - from < 2) return -1
    const offset = block[from]! | (block[from + 1]! << 8)
    from += 2
    if (offset === 0 || offset > to) return -1
    count = token & 15
    if (count === 15) {
      for (let more = 255; more === 255; count += more) {
        if (from >= end || count > limit) return -1
        more = block[from++]!
      }
    }
    count += MIN_MATCH
    if (count > limit - to) return -1
    copyMatch(target, to, offset, count)
    to += count
  }
  return -1
}

/** From so many bytes on, a call into native code is cheaper than a loop. */
const LONG_COPY = 48

function copyLiterals(source: Uint8Array, from: number, target: Uint8Array, to: number, count: number): void {
  if (count > LONG_COPY) target.set(source.subarray(from, from + count), to)
  else for (let i = 0; i < count; i++) target[to + i] = source[from + i]!
}

/** Copies what lies `offset` bytes before; the two may overlap, and then repeat themselves. */
function copyMatch(target: Uint8Array, to: number, offset: number, count: number): void {
  if (count > LONG_COPY && offset >= count) target.copyWithin(to, to - offset, to - offset + count)
  else if (count > LONG_COPY && offset === 1) target.fill(target[to - 1]!, to, to + count)
  else for (let i = to, stop = to + count; i < stop; i++) target[i] = target[i - offset]!
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** 2^bits slots for so many bytes: small inputs need not clear a large table. */
export function lz4TableBits(length: number): number {
  return length < 4096 ? 10 : length < 32_768 ? 12 : 14
}

/** Positions by the hash of the four bytes there, plus one: 0 is none. */
const table = new Int32Array(1 << 14)

/** Writes the block of `plain` to `target`, which has room for `lz4Bound(plain.length)` bytes; returns its length. */
export function lz4CompressInto(plain: Uint8Array, target: Uint8Array): number {
  const end = plain.length
  let anchor = 0
  let to = 0
  if (end > MATCH_START_LIMIT) {
    const bits = lz4TableBits(end)
    const shift = 32 - bits
    table.fill(0, 0, 1 << bits)
    const startLimit = end - MATCH_START_LIMIT
    const matchLimit = end - LAST_LITERALS
    table[hash(word(plain, 0), shift)] = 1
    let at = 1
    let misses = 0
    while (at <= startLimit) {
      const here = word(plain, at)
      const slot = hash(here, shift)
      let match = table[slot]! - 1
      table[slot] = at + 1
      if (match < 0 || at - match > MAX_OFFSET || word(plain, match) !== here) {
        at += 1 + (misses++ >> 6)
        continue
      }
      misses = 0
      while (at > anchor && match > 0 && plain[at - 1] === plain[match - 1]) {
        at--
        match--
      }
      let matchEnd = at + MIN_MATCH
      const offset = at - match
      while (matchEnd < matchLimit && plain[matchEnd] === plain[matchEnd - offset]) matchEnd++
      to = putSequence(target, to, plain, anchor, at, offset, matchEnd - at - MIN_MATCH)
      anchor = at = matchEnd
      if (at > startLimit) break
      table[hash(word(plain, at - 2), shift)] = at - 1
    }
  }
  return putLiterals(target, to, plain, anchor, end, 0)
}

function hash(value: number, shift: number): number {
  return Math.imul(value, 0x9e37_79b1) >>> shift
}

function putSequence(
  target: Uint8Array,
  start: number,
  plain: Uint8Array,
  anchor: number,
  at: number,
  offset: number,
  matchRest: number,
): number {
  const to = putLiterals(target, start, plain, anchor, at, Math.min(matchRest, 15))
  target[to] = offset
  target[to + 1] = offset >> 8
  return matchRest >= 15 ? putLength(target, to + 2, matchRest - 15) : to + 2
}

/** A token with its literals, `plain[from..until)`; `low` is the token's half for the match. */
function putLiterals(target: Uint8Array, start: number, plain: Uint8Array, from: number, until: number, low: number): number {
  const count = until - from
  let to = start + 1
  target[start] = (Math.min(count, 15) << 4) | low
  if (count >= 15) to = putLength(target, to, count - 15)
  copyLiterals(plain, from, target, to, count)
  return to + count
}

function putLength(target: Uint8Array, start: number, length: number): number {
  let to = start
  let rest = length
  for (; rest >= 255; rest -= 255) target[to++] = 255
  target[to++] = rest
  return to
}
