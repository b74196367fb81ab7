// Cassandra's MurmurHash3 x64 128 (bytes of the tail are signed), the twin of src/metadata/murmur3.ts.

const C1: u64 = 0x87c37b91114253d5
const C2: u64 = 0x4cf5ad432745937f

function fmix(k: u64): u64 {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53
  return k ^ (k >> 33)
}

/** The upper half of the last token. */
export let tokenHigh: i32 = 0

/** The lower half of the token of the bytes at `at`; the upper one is left in `tokenHigh`. */
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
  h1 ^= length
  h2 ^= length
  h1 += h2
  h2 += h1
  h1 = fmix(h1) + fmix(h2)
  tokenHigh = <i32>(h1 >> 32)
  return <i32>h1
}
