import type { ResultSet, Uuid } from '../../src/index.js'
import { type ParallelOutcome, ParallelSession, type WorkerInfo } from '../../src/parallel/index.js'
import type { Equal, Expect } from './expect.js'

interface User {
  name: string
}

export async function parallelCalls(id: Uuid): Promise<void> {
  await using parallel = await ParallelSession.connect({ contactPoints: ['127.0.0.1'] }, { processes: 4 })
  const result = await parallel.execute<User>('SELECT name FROM users WHERE id = ?', [id])
  type One = Expect<Equal<typeof result, ResultSet<User>>>

  for await (const outcome of parallel.executeConcurrentWithArgs<User>('SELECT …', [[id]], { concurrency: 100 })) {
    if (outcome.success) {
      const { name } = outcome.result.rows[0]!
      type Name = Expect<Equal<typeof name, string>>
    } else {
      const { error } = outcome
      type Failed = Expect<Equal<typeof error, Error>>
    }
  }
  const all = await parallel.executeConcurrent([['SELECT …', [id]], 'SELECT …'])
  type All = Expect<Equal<typeof all, ParallelOutcome<ResultSet>[]>>

  const mapped = await parallel.map<Uuid, number>(new URL('file:///x.mjs'), [id], { export: 'count', idempotent: true })
  type Mapped = Expect<Equal<typeof mapped, ParallelOutcome<number>[]>>

  parallel.on('workerLost', (worker, error) => {
    type Lost = Expect<Equal<[typeof worker, typeof error], [WorkerInfo, Error]>>
  })

  // @ts-expect-error policies are objects with functions, which can't follow
  await parallel.execute('SELECT …', [], { retry: {} })
  // @ts-expect-error a function can't be carried: a module with one can
  parallel.map(() => 1, [1])
  // @ts-expect-error codecs stay in the thread they were made in
  await ParallelSession.connect({ contactPoints: [], codecs: [] })
}
