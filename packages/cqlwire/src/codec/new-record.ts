/** Plain objects whose property names a server chose. */

const INDEX = /^[1-9]\d{1,9}$/
/** The largest integer that is an index. */
const LAST_INDEX = 4_294_967_294

/** Whether any of the names is an integer from 10 on, which engines take for an index, as of an array. */
export function hasIndexNames(names: readonly string[]): boolean {
  return names.some((name) => INDEX.test(name))
}

/**
 * An object to set properties of by {@link setOwn}. V8 sets aside an array for properties that are indexes: one that is called 1000 costs
 * 12 KiB in each object. Once one far beyond all others was there, it keeps them in a table instead.
 */
export function newRecord(hasIndexes: boolean): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  if (hasIndexes) {
    record[LAST_INDEX] = null
    delete record[LAST_INDEX]
  }
  return record
}

/** Sets an own property, whatever its name. */
export function setOwn(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true })
  else record[name] = value
}
