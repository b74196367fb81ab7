import {
  BatchStatement,
  type Cluster,
  type ClusterOptions,
  type ExecutionResult,
  executeConcurrent,
  executeConcurrentWithArgs,
  type PreparedStatement,
  type RequestOptions,
  type ResponseFuture,
  type ResultSet,
  type Session,
  SimpleStatement,
} from '../../src/index.js'
import type { Equal, Expect } from './expect.js'

interface User {
  name: string
  age: number
}

declare const cluster: Cluster
declare const session: Session
declare const prepared: PreparedStatement

export const connected: Promise<Session> = cluster.connect('shop')

// Rows have the type that the caller says, in every pattern.
export async function rowsAreTyped(): Promise<void> {
  const result = await session.execute<User>('SELECT name, age FROM users')
  const first = result.one()
  const rows: User[] = result.rows
  const next = await result.fetchNextPage()
  for (const row of result) row.name.toUpperCase()
  for await (const row of session.iterate<User>(prepared, [1])) row.age.toFixed()
  for (const { name } of await session.cql<User>`SELECT name, age FROM users WHERE id = ${1}`) name.toUpperCase()
  const future = session.executeAsync<User>(prepared, { id: 1 })
  future.addCallback((answer, prefix, count) => prefix.repeat(count) + (answer.one()?.name ?? ''), 'x', 2)
  const awaited = await future
  type Checks = [
    Expect<Equal<typeof first, User | null>>,
    Expect<Equal<typeof next, ResultSet<User> | null>>,
    Expect<Equal<typeof future, ResponseFuture<User>>>,
    Expect<Equal<typeof awaited, ResultSet<User>>>,
  ]
  const checks: Checks = [true, true, true, true]
  // @ts-expect-error no such column
  first?.surname
  void [rows, checks]
}

// The concurrent helpers give an array, or with resultsGenerator an iterator; `success` tells the outcomes apart.
export async function outcomes(): Promise<void> {
  const all = await executeConcurrentWithArgs<User>(session, prepared, [[1], [2]], { concurrency: 10 })
  const mixed: ExecutionResult[] = await executeConcurrent(session, [[prepared, [1]], ['SELECT now() FROM system.local']])
  for await (const { success, result, error, index } of executeConcurrentWithArgs(session, prepared, [[1]], { resultsGenerator: true })) {
    if (success) result.length.toFixed()
    else error.message.padEnd(index)
  }
  for (const each of all) if (each.success) each.result.one()?.name.toUpperCase()
  void mixed
}

// @ts-expect-error without resultsGenerator it is a promise of an array
export const iterated: AsyncIterable<ExecutionResult> = executeConcurrentWithArgs(session, prepared, [[1]])
// @ts-expect-error concurrency is a number or 'auto'
export const many: Promise<ExecutionResult[]> = executeConcurrent(session, [], { concurrency: 'many' })

export const options: ClusterOptions = { contactPoints: ['127.0.0.1'], localDataCenter: 'dc1', pool: { connectionsPerHost: { local: 2 } } }
// @ts-expect-error a misspelt option
export const misspelt: ClusterOptions = { contactPoints: ['127.0.0.1'], localDatacenter: 'dc1' }
// @ts-expect-error there is no such consistency level
export const wrongLevel: RequestOptions = { consistency: 'MAJORITY' }
export const request: RequestOptions = {
  consistency: 'LOCAL_QUORUM',
  signal: new AbortController().signal,
  rowFactory: (values) => values.length,
}

export const batch: Promise<ResultSet> = session.batch([
  'INSERT INTO a (b) VALUES (1)',
  { query: prepared, params: [1] },
  prepared.bind([2]),
  new SimpleStatement('INSERT INTO a (b) VALUES (?)', [3]),
])
export const built: BatchStatement = new BatchStatement('UNLOGGED').add(prepared, [1]).addAll(prepared, [[2], [3]])
// @ts-expect-error there is no such kind of batch
export const strange = new BatchStatement('SLOW')
