/** The function that `parallel.map` runs in each worker, from a module that each worker loads. */
import { InvalidArgumentError } from '../base/errors.js'
import type { Session } from '../session/session.js'

export type WorkerFunction = (session: Session, item: unknown) => unknown

/** @throws {InvalidArgumentError} the module does not load, or has no such function */
export async function loadFunction(url: string, name: string): Promise<WorkerFunction> {
  let loaded: Readonly<Record<string, unknown>>
  try {
    loaded = (await import(url)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidArgumentError(`The worker can't load the module ${url}: ${why}. Nothing was run`, { cause })
  }
  // Of a CommonJS module the exports are the default one as well.
  const found = loaded[name] ?? (loaded['default'] as Readonly<Record<string, unknown>> | undefined)?.[name]
  if (typeof found === 'function') return found as WorkerFunction
  const names = Object.entries(loaded).flatMap(([key, value]) => (typeof value === 'function' ? [key] : []))
  const exported = names.length === 0 ? 'no function' : names.join(', ')
  throw new InvalidArgumentError(`The module ${url} exports no function ${JSON.stringify(name)} (it exports ${exported}). Nothing was run`)
}
