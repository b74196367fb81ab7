/** The bytes in pieces, cut at the given places (taken modulo their length). Pieces may be empty; together they are the bytes. */
export function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b)
  const ends = [...at, bytes.length]
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end))
}
