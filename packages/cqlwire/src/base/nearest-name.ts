/** Finds what somebody may have meant by a name that nobody knows. */

/** Names this long that begin alike count as near, however much one of them goes on. */
const LONG_PREFIX = 5

/**
 * The number of single-character edits (insert, delete, replace, swap of neighbours) between two texts,
 * or `limit + 1` where it is surely more than `limit`.
 */
export function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return Math.min(last[to.length]!, limit + 1)
}

/** The known name nearest to `name`, ignoring case, or null where none is near enough to be a likely slip. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase()
  let nearest: string | null = null
  let limit = Math.max(1, Math.floor(name.length / 3))
  let prefixed: string | null = null
  for (const candidate of known) {
    const other = candidate.toLowerCase()
    const distance = editDistance(wanted, other, limit)
    if (distance <= limit) {
      nearest = candidate
      limit = distance - 1
      if (distance === 0) break
    }
    const shorter = Math.min(wanted.length, other.length)
    if (shorter >= LONG_PREFIX && (other.startsWith(wanted) || wanted.startsWith(other))) prefixed ??= candidate
  }
  return nearest ?? prefixed
}
