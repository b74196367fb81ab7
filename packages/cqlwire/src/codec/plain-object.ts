/** Objects that are written as literals, or come from JSON: their fields are data, and all of them are meant. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  // Object.prototype, of this realm or of another (a vm context), is the one prototype that has none itself.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
