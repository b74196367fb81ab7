/** Where cities lie, as a grid of half a degree: small enough to stand in a page, fine enough to show the continents. */

const cellsPerDegree = 2
const columns = 360 * cellsPerDegree

/** Rows count from the north; those outside of `top` to `bottom` are left out, as hardly anybody lives there. */
export interface CityMap {
  readonly columns: number
  readonly top: number
  readonly bottom: number
  /** Pairs: the distance from the cell before (row by row, west to east), and the number of cities in the cell. */
  readonly cells: readonly number[]
}

const north = 78
const south = -58

/** The map of these places; a place without numbers is not on it. */
export function cityMap(places: Iterable<{ readonly latitude: number; readonly longitude: number }>): CityMap {
  const top = (90 - north) * cellsPerDegree
  const bottom = (90 - south) * cellsPerDegree
  const counts = new Map<number, number>()
  for (const { latitude, longitude } of places) {
    const row = Math.floor((90 - latitude) * cellsPerDegree)
    if (!(row >= top && row < bottom)) continue
    const column = Math.min(columns - 1, Math.max(0, Math.floor((longitude + 180) * cellsPerDegree)))
    const cell = row * columns + column
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  const cells: number[] = []
  let last = 0
  for (const [cell, cities] of [...counts].sort(([left], [right]) => left - right)) {
    cells.push(cell - last, cities)
    last = cell
  }
  return { columns, top, bottom, cells }
}
