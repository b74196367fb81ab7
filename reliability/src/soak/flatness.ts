/**
 * Is a curve flat? Of its second half the slope is taken between every two points, and the middle one of all these slopes counts (Theil and
 * Sen's estimate, which a few odd points don't move). Over the whole half it may rise by what is allowed, not more.
 */

export interface Point {
  /** Seconds. */
  readonly x: number
  readonly y: number
}

export interface Flatness {
  readonly name: string
  readonly unit: string
  /** The middle value of the first quarter and of the last quarter of the run. */
  readonly early: number
  readonly late: number
  /** What the slope of the second half makes of that half's length. */
  readonly growth: number
  readonly allowed: number
  readonly isFlat: boolean
}

/** Fewer points in the second half say nothing. */
const LEAST_POINTS = 5

/** `allowed`: how much growth over the second half, in the unit of the points; `allowedShare`: or which part of the middle value, if that is more. */
export function flatness(
  name: string,
  unit: string,
  points: readonly Point[],
  { allowed, allowedShare = 0 }: { allowed: number; allowedShare?: number },
): Flatness {
  const end = points.at(-1)?.x ?? 0
  const begin = points[0]?.x ?? 0
  const half = points.filter(({ x }) => x >= begin + (end - begin) / 2)
  const early = median(points.slice(0, Math.ceil(points.length / 4)).map(({ y }) => y))
  const late = median(points.slice(-Math.ceil(points.length / 4)).map(({ y }) => y))
  if (half.length < LEAST_POINTS) return { name, unit, early, late, growth: NaN, allowed, isFlat: false }
  const growth = theilSen(half) * (end - half[0]!.x)
  const limit = Math.max(allowed, allowedShare * median(half.map(({ y }) => y)))
  return { name, unit, early, late, growth, allowed: limit, isFlat: growth <= limit }
}

/** The middle slope between every two points: of 360 points there are 64,620. */
export function theilSen(points: readonly Point[]): number {
  const slopes: number[] = []
  for (const [i, a] of points.entries()) {
    for (let j = i + 1; j < points.length; j++) {
      const b = points[j]!
      if (b.x > a.x) slopes.push((b.y - a.y) / (b.x - a.x))
    }
  }
  return median(slopes)
}

function median(values: readonly number[]): number {
  if (values.length === 0) return NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
