/**
 * What `console.log`, `util.inspect` and `JSON.stringify` show of objects that hold values of users, credentials or keys: a summary that has
 * none of them. Loggers print whatever they are given, and nobody looks through what an error or a request leads to.
 */

/** The key that Node's `util.inspect` looks for; a registered symbol, so `node:util` is not needed to name it. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

type Inspect = (value: unknown, options: unknown) => string

/** Has instances of a class shown as the class's name and what `summary` says. To be called in a static block of the class. */
export function showInstead<T extends object>(prototype: T, summary: (instance: T) => Readonly<Record<string, unknown>>): void {
  const define = (key: PropertyKey, value: (this: T, ...args: never[]) => unknown): void =>
    void Object.defineProperty(prototype, key, { value, writable: true, configurable: true })
  define('toJSON', function () {
    return summary(this)
  })
  define(INSPECT, function (_depth: number, options: unknown, inspect: Inspect) {
    return `${this.constructor.name} ${inspect(summary(this), options)}`
  })
}
