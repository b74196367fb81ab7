/** Counts rows that came back as they were written, and those that did not. */
import type { City } from './cities.js'
import { differences, type Difference } from './compare.js'
import type { Check } from './results.js'

export type Row = Readonly<Record<string, unknown>>

/** Differences that are kept to be shown; all are counted. */
const shownDifferences = 20

export class Checker {
  #equalRows = 0
  #differentRows = 0
  #missingRows = 0
  readonly #differences: Difference[] = []

  /** Compares each city with the row of the same index. */
  compare(cities: readonly City[], rows: readonly (Row | undefined)[]): void {
    for (const [index, city] of cities.entries()) {
      const row = rows[index]
      const found = differences(city, row)
      if (found.length === 0) this.#equalRows++
      else if (row === undefined) this.#missingRows++
      else this.#differentRows++
      this.#differences.push(...found.slice(0, shownDifferences - this.#differences.length))
    }
  }

  result(rowsInTable: number): Check {
    return {
      equalRows: this.#equalRows,
      differentRows: this.#differentRows,
      missingRows: this.#missingRows,
      rowsInTable,
      differences: this.#differences,
    }
  }
}
