/** Many requests at once, with a tuned number in flight. */
import { InvalidArgumentError } from '../base/errors.js'
import { type Input, inputOf } from '../base/input.js'
import type { DefaultRow } from '../session/result-set.js'
import type { Session } from '../session/session.js'
import { withAwaitingLines } from '../session/stack.js'
import type { Parameters, Statement } from '../session/statements.js'
import { type ConcurrentOptions, resolveConcurrentOptions } from './options.js'
import { OrderedResults } from './ordered-results.js'
import { type ExecutionResult, type Item, Run } from './run.js'

type Pairs = Iterable<readonly [Statement, Parameters?] | Statement> | AsyncIterable<readonly [Statement, Parameters?] | Statement>
/** What rows are is the caller's word. */
type Outcomes<Row> = Promise<ExecutionResult<Row>[]> & AsyncIterableIterator<ExecutionResult<Row>>
type ParamsList = Iterable<Parameters> | AsyncIterable<Parameters>

/**
 * Executes statements with their parameters, `concurrency` of them in flight at a time.
 *
 *     const results = await executeConcurrent(session, [[insert, [1]], [select, [2]]], { concurrency: 100 })
 *
 * The input is read only as there is room, so it may be endless with `resultsGenerator: true`, which gives an async iterator of
 * outcomes in the order of the input; leaving that loop cancels what is in flight.
 *
 * @returns an array of `{ success, index, result | error }` in the order of the input
 * @throws the first error of a request, unless `raiseOnFirstError: false`; a ConcurrentInputError where the input fails
 */
export function executeConcurrent<Row = DefaultRow>(
  session: Session,
  statementsAndParameters: Pairs,
  options: ConcurrentOptions & { readonly resultsGenerator: true },
): AsyncIterableIterator<ExecutionResult<Row>>
export function executeConcurrent<Row = DefaultRow>(
  session: Session,
  statementsAndParameters: Pairs,
  options?: ConcurrentOptions & { readonly resultsGenerator?: false },
): Promise<ExecutionResult<Row>[]>
export function executeConcurrent<Row = DefaultRow>(
  session: Session,
  statementsAndParameters: Pairs,
  options: ConcurrentOptions = {},
): Promise<ExecutionResult<Row>[]> | AsyncIterableIterator<ExecutionResult<Row>> {
  return start(session, () => mapped(inputOf(statementsAndParameters, 'executeConcurrent'), itemOfPair), options) as Outcomes<Row>
}

/** Executes one statement with each of many lists of parameters; see {@link executeConcurrent}. */
export function executeConcurrentWithArgs<Row = DefaultRow>(
  session: Session,
  statement: Statement,
  parameters: ParamsList,
  options: ConcurrentOptions & { readonly resultsGenerator: true },
): AsyncIterableIterator<ExecutionResult<Row>>
export function executeConcurrentWithArgs<Row = DefaultRow>(
  session: Session,
  statement: Statement,
  parameters: ParamsList,
  options?: ConcurrentOptions & { readonly resultsGenerator?: false },
): Promise<ExecutionResult<Row>[]>
export function executeConcurrentWithArgs<Row = DefaultRow>(
  session: Session,
  statement: Statement,
  parameters: ParamsList,
  options: ConcurrentOptions = {},
): Promise<ExecutionResult<Row>[]> | AsyncIterableIterator<ExecutionResult<Row>> {
  return start(
    session,
    () => mapped(inputOf(parameters, 'executeConcurrentWithArgs'), (params) => ({ statement, params })),
    options,
  ) as Outcomes<Row>
}

function itemOfPair(pair: readonly [Statement, Parameters?] | Statement): Item {
  if (!Array.isArray(pair)) return { statement: pair as Statement, params: undefined }
  if (pair.length < 1 || pair.length > 2)
    throw new InvalidArgumentError(`executeConcurrent takes pairs [statement, parameters], got an array of ${pair.length}`)
  return { statement: pair[0] as Statement, params: pair[1] as Parameters }
}

function mapped<T>(input: Input<T>, map: (value: T) => Item): Input<Item> {
  const step = (result: IteratorResult<T>): IteratorResult<Item> => {
    if (result.done === true) return { done: true, value: undefined }
    try {
      return { done: false, value: map(result.value) }
    } catch (error) {
      input.close() // the source knows nothing of it
      throw error
    }
  }
  return {
    next() {
      const result = input.next()
      return result instanceof Promise ? result.then(step) : step(result)
    },
    close: () => input.close(),
  }
}

function start(
  session: Session,
  input: () => Input<Item>,
  options: ConcurrentOptions,
): Promise<ExecutionResult[]> | AsyncIterableIterator<ExecutionResult> {
  if (options?.resultsGenerator === true) {
    const settings = resolveConcurrentOptions(options)
    const results = new OrderedResults(settings.raiseOnFirstError)
    results.attach(new Run(session, input(), settings, results))
    return results
  }
  return collect(session, input, options)
}

async function collect(session: Session, input: () => Input<Item>, options: ConcurrentOptions): Promise<ExecutionResult[]> {
  const settings = resolveConcurrentOptions(options)
  const results: ExecutionResult[] = []
  await new Promise<void>((resolve, reject) => {
    const run = new Run(session, input(), settings, {
      onOutcome: (outcome) => {
        results[outcome.index] = outcome
      },
      onEnd: (error) => (error === null ? resolve() : reject(error)),
      backlog: () => 0,
    })
    run.pump()
  }).catch((error: unknown) => {
    throw withAwaitingLines(error)
  })
  return results
}
