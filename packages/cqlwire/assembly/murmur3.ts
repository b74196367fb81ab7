// Cassandra's MurmurHash3 x64 128 (bytes of the tail are signed), the twin of src/metadata/murmur3.ts.

const C1: u64 = 0x87c37b91114253d5
const C2: u64 = 0x4cf5ad432745937f

function fmix(k: u64): u64 {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53
  return k ^ (k >> 33)
}

/** Where the lower half of the last token is left in memory. */
const TOKEN_LOW_AT: usize = 64 * 1024

/** The end of both ways; returns the upper half. */
function finish(h1: u64, h2: u64, length: i32): i32 {
  h1 ^= length
  h2 ^= length
  h1 += h2
  h2 += h1
  h1 = fmix(h1) + fmix(h2)
  store<i32>(TOKEN_LOW_AT, <i32>h1)
  return <i32>(h1 >> 32)
}

/** The upper half of the token of the bytes at `at`; the lower one is left at `TOKEN_LOW_AT`. */
export function murmur3(at: usize, length: i32): i32 {
  let h1: u64 = 0
  let h2: u64 = 0
  const end = at + (length & ~15)
  for (; at < end; at += 16) {
    h1 ^= rotl<u64>(load<u64>(at) * C1, 31) * C2
    h1 = (rotl<u64>(h1, 27) + h2) * 5 + 0x52dce729
    h2 ^= rotl<u64>(load<u64>(at + 8) * C2, 33) * C1
    h2 = (rotl<u64>(h2, 31) + h1) * 5 + 0x38495ab5
  }
  const rest = length & 15
  let k: u64 = 0
  for (let i = 8; i < rest; i++) k ^= (<u64>(<i64>load<i8>(at + i))) << ((i - 8) << 3)
  if (rest > 8) h2 ^= rotl<u64>(k * C2, 33) * C1
  k = 0
  for (let i = 0; i < min(rest, 8); i++) k ^= (<u64>(<i64>load<i8>(at + i))) << (i << 3)
  if (rest > 0) h1 ^= rotl<u64>(k * C1, 31) * C2
  return finish(h1, h2, length)
}

/** The bytes of two words as a little-endian integer. */
function joined(first: i32, second: i32): u64 {
  return ((<u64>bswap<u32>(second)) << 32) | (<u64>bswap<u32>(first))
}

/** The exclusive or of up to eight bytes, each extended by its sign and shifted to its place: all above a negative one are flipped. */
function signed(bytes: u64): u64 {
  let flips = ((bytes >> 7) & 0x0101010101010101) << 8
  flips ^= flips << 8
  flips ^= flips << 16
  flips ^= flips << 32
  return bytes ^ (flips * 0xff)
}

/** The same of a key of 4, 8 or 16 bytes that is given as its 1, 2 or 4 big-endian words; the others are 0. */
export function murmur3OfWords(count: i32, first: i32, second: i32, third: i32, fourth: i32): i32 {
  const k1 = joined(first, second)
  if (count == 4) {
    let h1 = rotl<u64>(k1 * C1, 31) * C2
    h1 = rotl<u64>(h1, 27) * 5 + 0x52dce729
    let h2 = rotl<u64>(joined(third, fourth) * C2, 33) * C1
    h2 = (rotl<u64>(h2, 31) + h1) * 5 + 0x38495ab5
    return finish(h1, h2, 16)
  }
  return finish(rotl<u64>(signed(k1) * C1, 31) * C2, 0, count << 2)
}
