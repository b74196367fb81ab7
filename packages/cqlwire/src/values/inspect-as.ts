/** What `console.log` and the assertion messages of Node show for a value class: `Uuid(0b1e...)`. */

/** The key that Node's `util.inspect` looks for; a registered symbol, so `node:util` is not needed to name it. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom')

interface InspectOptions {
  readonly stylize?: (text: string, style: string) => string
}

export function inspectAs(name: string, text: string, options: InspectOptions | undefined): string {
  const shown = typeof options?.stylize === 'function' ? options.stylize(text, 'special') : text
  return `${name}(${shown})`
}

export type { InspectOptions }
