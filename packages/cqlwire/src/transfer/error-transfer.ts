/** Errors as plain data for the way to the other thread, and back into the same class with the same fields. */
import * as driverErrors from '../base/errors.js'
import * as serverErrors from '../base/server-errors.js'

type ErrorClass = new (...args: never[]) => Error

const platformErrors: readonly ErrorClass[] = [
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  Error,
]

const CLASSES: ReadonlyMap<string, ErrorClass> = new Map(
  [...Object.values(driverErrors), ...Object.values(serverErrors), ...platformErrors].map((each) => [each.name, each]),
)

/** Causes of causes, and errors by host: no deeper than this. */
const MOST_CAUSES = 8

/** What an error is made of. */
export class ErrorParts {
  /** Its class, or the nearest one above it that both threads know. */
  readonly className: string
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Undefined where the error has none. */
  readonly cause: unknown
  readonly fields: Readonly<Record<string, unknown>>

  constructor(error: Error, depth: number) {
    this.className = nearestClass(error)
    this.name = String(error.name)
    this.message = String(error.message)
    this.stack = String(error.stack ?? '')
    this.cause = carried(error.cause, depth)
    this.fields = fieldsOf(error, depth)
  }
}

/** Fields that are carried in their own right. */
const NOT_FIELDS: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause'])

/** The error in values that can be carried over. Fields that can't are left out. */
export function errorParts(error: Error): ErrorParts {
  return new ErrorParts(error, 0)
}

function fieldsOf(error: Error, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  // What isn't enumerable is the platform's (on Bun: where the error was made), but for the errors of an AggregateError.
  for (const key of error instanceof AggregateError ? [...Object.keys(error), 'errors'] : Object.keys(error)) {
    if (NOT_FIELDS.has(key)) continue
    try {
      const value = carried((error as unknown as Record<string, unknown>)[key], depth)
      if (value !== undefined) fields[key] = value
    } catch {
      // it holds what can't be carried
    }
  }
  return fields
}

function nearestClass(error: Error): string {
  for (let from = error as object | null; from !== null; from = Object.getPrototypeOf(from) as object | null) {
    const { name } = from.constructor
    if (CLASSES.get(name)?.prototype === from) return name
  }
  return 'Error'
}

/** Plain data, bytes, maps and errors; undefined for all else. */
function carried(value: unknown, depth: number): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || depth > MOST_CAUSES) return undefined
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value
  if (value instanceof Error) return new ErrorParts(value, depth + 1)
  if (Array.isArray(value)) return value.map((item) => carried(item, depth + 1))
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [carried(key, depth + 1), carried(item, depth + 1)]))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, carried(item, depth + 1)]))
}

/** The stacks that errors had in the other thread. */
const otherStacks = new WeakMap<Error, string>()

/** The error again: a real one, of its class, with all fields. */
export function errorOf(given: unknown): Error {
  const { className, name, message, stack, cause, fields } = given as ErrorParts
  // Made as an Error of that class without running the class's constructor, which wants what only the other thread knew.
  const error = Reflect.construct<[string], Error>(Error, [message], CLASSES.get(className) ?? Error)
  if (error.name !== name) error.name = name
  for (const [key, value] of Object.entries(fields)) {
    const enumerable = key !== 'errors' || !(error instanceof AggregateError)
    Object.defineProperty(error, key, { value, writable: true, enumerable, configurable: true })
  }
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true })
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true })
  otherStacks.set(error, stack)
  return error
}

/** Gives an error that came from the other thread the stack of the caller, from below `entry`, the function that was called. */
export function withCallerStack(error: Error, entry: (...args: never[]) => unknown): Error {
  const from = otherStacks.get(error)
  if (from === undefined) return error
  const here: { stack?: string } = {}
  Error.captureStackTrace(here, entry)
  // Bun's engine drops the frame of a function that ends in `return f()`: without it on the stack, nothing would be left below it.
  if (linesOf(here.stack ?? '') === '') Error.captureStackTrace(here, withCallerStack)
  const frames = linesOf(here.stack ?? '')
  // Where the driver itself failed, its own lines are what helps.
  const inner = error instanceof driverErrors.CqlwireError ? '' : linesOf(from)
  error.stack = `${error.name}: ${error.message}${frames}${inner}`
  return error
}

function linesOf(stack: string): string {
  const first = stack.search(/\n\s+at /)
  return first === -1 ? '' : stack.slice(first)
}
