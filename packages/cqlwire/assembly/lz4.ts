// LZ4 blocks (the format's own description: lz4_Block_format.md). The twin of src/protocol/lz4-block.ts: the same steps, the same bytes.
// Addresses are those of the module's memory; the caller sees to it that 16 bytes after the output may be written over.

/** Matches of fewer bytes aren't worth a sequence. */
const MIN_MATCH: i32 = 4
/** The last match starts at least so many bytes before the end. */
const MATCH_START_LIMIT: usize = 12
/** The last bytes are always literals. */
const LAST_LITERALS: usize = 5
const MAX_OFFSET: usize = 65535

/** Reads the block at `source`; returns how many bytes it had written at `target` when it ended, -1 where the block is not one or has more. */
export function lz4Decompress(source: usize, sourceLength: i32, target: usize, targetLength: i32): i32 {
  let from = source
  const end = source + sourceLength
  let to = target
  const limit = target + targetLength
  while (from < end) {
    const token: u32 = load<u8>(from++)
    let literals: usize = token >> 4
    if (literals == 15) {
      let more: u32 = 255
      while (more == 255) {
        if (from >= end) return -1
        more = load<u8>(from++)
        literals += more
        if (literals > <usize>targetLength) return -1
      }
    }
    if (literals > end - from || literals > limit - to) return -1
    if (literals <= 16 && end - from >= 16) {
      store<u64>(to, load<u64>(from))
      store<u64>(to + 8, load<u64>(from + 8))
    } else {
      memory.copy(to, from, literals)
    }
    from += literals
    to += literals
    if (from == end) return <i32>(to - target)
    if (end - from < 2) return -1
    const offset: usize = load<u16>(from)
    from += 2
    if (offset == 0 || offset > to - target) return -1
    let length: usize = token & 15
    if (length == 15) {
      let more: u32 = 255
      while (more == 255) {
        if (from >= end) return -1
        more = load<u8>(from++)
        length += more
        if (length > <usize>targetLength) return -1
      }
    }
    length += MIN_MATCH
    if (length > limit - to) return -1
    copyMatch(to, offset, length)
    to += length
  }
  return -1
}

/** Copies what lies `offset` bytes before; the two may overlap, and then repeat themselves. */
function copyMatch(to: usize, offset: usize, length: usize): void {
  let from = to - offset
  const stop = to + length
  if (offset >= 8) {
    if (length > 64 && offset >= length) {
      memory.copy(to, from, length)
      return
    }
    while (to < stop) {
      store<u64>(to, load<u64>(from))
      to += 8
      from += 8
    }
    return
  }
  if (offset == 1) {
    memory.fill(to, load<u8>(from), length)
    return
  }
  while (to < stop) store<u8>(to++, load<u8>(from++))
}

function slot(table: usize, address: usize, shift: i32): usize {
  return table + (((load<u32>(address) * 2654435761) >>> shift) << 2)
}

/**
 * Writes the block of `length` bytes at `source` to `target`, which has room for `length + length / 255 + 16`; returns its length.
 * `table` has room for 2^`bits` numbers of four bytes.
 */
export function lz4Compress(source: usize, length: i32, target: usize, table: usize, bits: i32): i32 {
  const end = source + length
  let anchor = source
  let to = target
  if (<usize>length > MATCH_START_LIMIT) {
    memory.fill(table, 0, (<usize>4) << bits)
    const shift = 32 - bits
    const startLimit = end - MATCH_START_LIMIT
    const matchLimit = end - LAST_LITERALS
    store<u32>(slot(table, source, shift), 1)
    let at = source + 1
    let misses: u32 = 0
    while (at <= startLimit) {
      const place = slot(table, at, shift)
      const known = load<u32>(place)
      store<u32>(place, <u32>(at - source) + 1)
      let match = source + known - 1
      if (known == 0 || at - match > MAX_OFFSET || load<u32>(match) != load<u32>(at)) {
        at += 1 + (misses++ >> 6)
        continue
      }
      misses = 0
      while (at > anchor && match > source && load<u8>(at - 1) == load<u8>(match - 1)) {
        at--
        match--
      }
      const offset = at - match
      const matchEnd = endOfMatch(at + MIN_MATCH, match + MIN_MATCH, matchLimit)
      to = putSequence(to, anchor, at - anchor, offset, matchEnd - at - MIN_MATCH)
      at = matchEnd
      anchor = at
      if (at > startLimit) break
      store<u32>(slot(table, at - 2, shift), <u32>(at - 2 - source) + 1)
    }
  }
  to = putLiterals(to, anchor, end - anchor, 0)
  return <i32>(to - target)
}

/** How far the bytes at `at` are those at `match`, at most up to `limit`. */
function endOfMatch(at: usize, match: usize, limit: usize): usize {
  while (at + 8 <= limit) {
    const difference = load<u64>(at) ^ load<u64>(match)
    if (difference != 0) return at + <usize>(ctz(difference) >> 3)
    at += 8
    match += 8
  }
  while (at < limit && load<u8>(at) == load<u8>(match)) {
    at++
    match++
  }
  return at
}

function putSequence(target: usize, literals: usize, count: usize, offset: usize, matchRest: usize): usize {
  let to = putLiterals(target, literals, count, <u32>min<usize>(matchRest, 15))
  store<u16>(to, <u16>offset)
  to += 2
  return matchRest >= 15 ? putLength(to, matchRest - 15) : to
}

/** A token with its literals; `low` is the token's half for the match. */
function putLiterals(target: usize, literals: usize, count: usize, low: u32): usize {
  let to = target + 1
  if (count >= 15) {
    store<u8>(target, 0xf0 | low)
    to = putLength(to, count - 15)
  } else {
    store<u8>(target, ((<u32>count) << 4) | low)
  }
  memory.copy(to, literals, count)
  return to + count
}

function putLength(target: usize, length: usize): usize {
  let to = target
  let rest = length
  while (rest >= 255) {
    store<u8>(to++, 255)
    rest -= 255
  }
  store<u8>(to++, <u8>rest)
  return to
}
