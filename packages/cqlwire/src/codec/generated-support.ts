/**
 * Generated code: whether this runtime takes it, and the one way in which it is made.
 *
 * Text from outside (names of columns and markers) enters a source only through {@link quote}; everything else that generated code touches
 * is handed to it as an argument by name. Where `--disallow-code-generation-from-strings` or a content security policy forbids it,
 * closures that give the same results take over.
 */

let allowed: boolean | undefined

/** True where `new Function` works; found out once, by trying. */
export function canGenerate(): boolean {
  allowed ??= tryGenerate()
  return allowed
}

function tryGenerate(): boolean {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- whether this works is the question
    return (new Function('return true') as () => boolean)()
  } catch {
    return false
  }
}

/**
 * Beyond so many columns a straight-line function grows past what V8's optimizing compiler takes (60 KiB of bytecode), and would run
 * slower than the closures.
 */
export const MOST_GENERATED_COLUMNS = 200

/** A JavaScript string literal of any text. Line separators, legal in literals since ES2019, are escaped so that a source stays one to read. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (separator) => `\\u${separator.charCodeAt(0).toString(16)}`)
}

/** Runs `body`, strict, with `scope`'s fields as its variables, and gives what it returns. */
export function generate<Result>(scope: Readonly<Record<string, unknown>>, body: readonly string[]): Result {
  const names = Object.keys(scope)
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the body is made of type kinds and quoted literals only
  const make = new Function(...names, ['"use strict"', ...body].join('\n')) as (...values: unknown[]) => Result
  return make(...names.map((name) => scope[name]))
}
