/** Whether a row that was read is the row that was written: every field, by value and by type. */
import { Uuid } from 'cqlwire'
import type { City } from './cities.js'
import { columns } from './schema.js'

/** One field that came back otherwise. `field` is `*` where the whole row is missing, or has other columns. */
export interface Difference {
  readonly id: number
  readonly field: string
  readonly expected: string
  readonly actual: string
}

const expectedColumns = columns.map(([name]) => name).join(', ')

/** What is different in `row`; empty where it equals `city`. */
export function differences(city: City, row: Readonly<Record<string, unknown>> | undefined): Difference[] {
  if (row === undefined) return [{ id: city.id, field: '*', expected: 'a row', actual: 'no row' }]
  const found: Difference[] = []
  const actualColumns = Object.keys(row).join(', ')
  if (actualColumns !== expectedColumns) found.push({ id: city.id, field: '*', expected: expectedColumns, actual: actualColumns })
  for (const [name] of columns) {
    const expected = city[name]
    const actual = row[name]
    if (!sameValue(expected, actual)) found.push({ id: city.id, field: name, expected: describe(expected), actual: describe(actual) })
  }
  return found
}

/** Equal in type and value, as the driver's table of types promises them; the order of a set's or map's members does not count. */
function sameValue(expected: unknown, actual: unknown): boolean {
  if (Object.is(expected, actual)) return true
  if (typeof expected !== 'object' || typeof actual !== 'object' || expected === null || actual === null) return false
  if (expected instanceof Uuid) return actual instanceof Uuid && expected.equals(actual)
  if (expected instanceof Date) return actual instanceof Date && expected.getTime() === actual.getTime()
  if (expected instanceof Set) return actual instanceof Set && sameMembers(expected, actual)
  if (expected instanceof Map) return actual instanceof Map && sameEntries(expected, actual)
  return sameFields(expected as Record<string, unknown>, actual as Record<string, unknown>)
}

function sameMembers(expected: ReadonlySet<unknown>, actual: ReadonlySet<unknown>): boolean {
  if (expected.size !== actual.size) return false
  for (const member of expected) if (!actual.has(member)) return false
  return true
}

function sameEntries(expected: ReadonlyMap<unknown, unknown>, actual: ReadonlyMap<unknown, unknown>): boolean {
  if (expected.size !== actual.size) return false
  for (const [key, value] of expected) if (!actual.has(key) || !sameValue(value, actual.get(key))) return false
  return true
}

function sameFields(expected: Readonly<Record<string, unknown>>, actual: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(expected)
  if (names.length !== Object.keys(actual).length) return false
  return names.every((name) => Object.hasOwn(actual, name) && sameValue(expected[name], actual[name]))
}

function describe(value: unknown): string {
  if (value instanceof Uuid) return value.toString()
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString()
  if (value instanceof Set) return `Set {${[...value].map(describe).join(', ')}}`
  if (value instanceof Map) return `Map {${Array.from(value, ([key, held]) => `${describe(key)} => ${describe(held)}`).join(', ')}}`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, held]) => `${key}: ${describe(held)}`)
      .join(', ')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
