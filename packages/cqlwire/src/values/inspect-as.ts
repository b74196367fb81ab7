/** What `console.log` and the assertion messages of Node show for a value class: `Uuid(0b1e...)`. */

/** The key that Node's `util.inspect` looks for; a registered symbol, so `node:util` is not needed to name it. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

interface InspectOptions {
  readonly stylize?: (text: string, style: string) => string
}

/** Has values of a class shown by their class and text. To be called in a static block of the class. */
export function showAsText(prototype: { toString(): string }): void {
  Object.defineProperty(prototype, INSPECT, {
    value(this: { toString(): string }, _depth: number, options?: InspectOptions): string {
      const text = this.toString()
      const shown = typeof options?.stylize === 'function' ? options.stylize(text, 'special') : text
      return `${this.constructor.name}(${shown})`
    },
    writable: true,
    configurable: true,
  })
}
