/** Options of a ParallelSession and of its runs. */
import { availableParallelism } from 'node:os'
import { InvalidOptionError } from '../base/errors.js'
import { integer, listOf, optional, resolveOptions, string, withMethods } from '../base/options.js'
import { log, type Logger } from '../cluster/logger.js'
import type { CarriedRequestOptions } from '../transfer/origin.js'
import type { CrewSettings } from './crew.js'
import type { ResultsSettings } from './parallel-results.js'

/** How many workers, and of which kind. */
export interface ParallelOptions {
  /** Workers that are processes, an integer from 1. Default, where `threads` is left out too: one per core that this process may use. */
  readonly processes?: number
  /** Workers that are threads of this process, an integer from 1. Give one of the two. */
  readonly threads?: number
  /** How often in a row a worker that dies is started again, with growing waits between. Default 5. */
  readonly restarts?: number
  /** Arguments of the runtime for workers, such as loaders (`['--import', 'tsx']`). Default: none. */
  readonly execArgv?: readonly string[]
  /** Where warnings go. Default: process warnings. */
  readonly logger?: Pick<Logger, 'warn'>
}

const MOST_WORKERS = 1_024

const spec = {
  processes: optional(integer({ min: 1, max: MOST_WORKERS })),
  threads: optional(integer({ min: 1, max: MOST_WORKERS })),
  restarts: integer({ min: 0, max: 1_000_000, default: 5 }),
  execArgv: listOf(string({ takes: 'an argument of the runtime' }), { default: [] }),
  logger: optional(withMethods<Pick<Logger, 'warn'>>('a logger', ['warn'])),
}

/** @throws {InvalidOptionError} */
export function resolveParallelOptions(options: ParallelOptions): CrewSettings {
  const { processes, threads, restarts, execArgv, logger } = resolveOptions(spec, options)
  if (processes !== undefined && threads !== undefined)
    throw new InvalidOptionError('threads', 'A ParallelSession has either processes or threads: give one of the two')
  const cores = availableParallelism()
  const count = processes ?? threads ?? cores
  const warn = (message: string): void => {
    if (logger === undefined) process.emitWarning(message, 'CqlwireWarning')
    else log(logger, 'warn', message)
  }
  if (count > 2 * cores) {
    warn(`A ParallelSession of ${count} workers on ${cores} cores: more than two per core only take memory and connections from each other`)
  }
  return { kind: threads === undefined ? 'process' : 'thread', count, restarts, execArgv, warn }
}

interface RunOptions {
  /**
   * Outcomes in the order of the input (default), or with false as they arrive: a slow request then holds back no other's outcome.
   * An awaited array is always in the order of the input.
   */
  readonly ordered?: boolean
  /**
   * End at the first failure. Default: false where outcomes are iterated over, for each says itself whether it failed; true where they are
   * awaited.
   */
  readonly raiseOnFirstError?: boolean
  /** Aborts the run: what is in flight is cancelled, and the run ends with an AbortError. */
  readonly signal?: AbortSignal | undefined
}

/** Options of each request, and how they are run. */
export interface ParallelConcurrentOptions extends CarriedRequestOptions, RunOptions {
  /** Requests in flight at once in each worker, a positive integer. Default 100. */
  readonly concurrency?: number
  /** Taken for likeness with `executeConcurrent`: what is returned is iterated over or awaited, whatever this says. */
  readonly resultsGenerator?: boolean
}

export interface ParallelMapOptions extends RunOptions {
  /** The export of the module that is the function. Default: `'default'`. */
  readonly export?: string
  /** Items that the function is called with at once in each worker, a positive integer. Default 1. */
  readonly concurrency?: number
  /** Items may be given to the function again where a worker died with them. Default false: they are reported as failed. */
  readonly idempotent?: boolean
}

export interface RunSettings<Rest> extends ResultsSettings {
  readonly concurrency: number
  readonly rest: Rest
}

/** @throws {InvalidOptionError} */
export function resolveRunOptions<T extends RunOptions & { readonly concurrency?: number; readonly resultsGenerator?: boolean }>(
  options: T,
  defaultConcurrency: number,
): RunSettings<Omit<T, keyof RunOptions | 'concurrency' | 'resultsGenerator'>> {
  if (typeof options !== 'object' || options === null) {
    const got = options === null ? 'null' : typeof options
    throw new InvalidOptionError('options', `The options of a parallel run are an object, got ${got}. Nothing was sent`)
  }
  const { concurrency = defaultConcurrency, ordered = true, raiseOnFirstError, signal, resultsGenerator, ...rest } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new InvalidOptionError(
      'concurrency',
      `The option concurrency takes a positive integer (in flight at once in each worker), got ${String(concurrency)}. Nothing was sent`,
    )
  }
  for (const [name, value] of Object.entries({ ordered, raiseOnFirstError, resultsGenerator })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw new InvalidOptionError(name, `The option ${name} takes true or false, got ${typeof value}. Nothing was sent`)
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new InvalidOptionError('signal', 'The option signal takes an AbortSignal. Nothing was sent')
  return { concurrency, ordered, raiseOnFirstError, signal: signal ?? null, rest }
}
