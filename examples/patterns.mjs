// Every way to make a request, from the plainest to the fastest.
import assert from 'node:assert/strict'
import { executeConcurrent, executeConcurrentWithArgs } from 'cqlwire'
import { withKeyspace } from './connect.mjs'

await withKeyspace('patterns', async (session) => {
  await session.execute('CREATE TABLE users (id int PRIMARY KEY, name text, tags set<text>)')
  const insert = await session.prepare('INSERT INTO users (id, name, tags) VALUES (?, ?, ?)')
  const select = await session.prepare('SELECT name, tags FROM users WHERE id = ?')

  // 1. Wait for the result.
  await session.execute(insert, [1, 'Ada', new Set(['math'])], { consistency: 'ONE' })
  const result = await session.execute(select, [1])
  console.log('wait:', result.one()?.name)

  // 2. A tagged template: values are always bound, never spliced.
  const id = 1
  const rows = await session.cql`SELECT name FROM users WHERE id = ${id}`
  for (const row of rows) console.log('template:', row.name)

  // 3. A future: sent before the call returns; ask for it later, or attach callbacks.
  const future = session.executeAsync(select, [1])
  future.addCallback((answer, prefix) => console.log(prefix, answer.one()?.name), 'callback:')
  future.addErrback((error) => console.error(error.message))
  const { length } = await future.result()
  assert.equal(length, 1)

  // 4. Many at once, with a tuned number in flight. The input may be any iterable, the results come in its order.
  const people = Array.from({ length: 1000 }, (_, n) => [n, `user ${n}`, new Set([`tag ${n % 7}`])])
  await executeConcurrentWithArgs(session, insert, people, { concurrency: 100 })
  const mixed = await executeConcurrent(session, [
    [insert, [1000, 'Grace', null]],
    [select, [7]],
  ])
  console.log('concurrent:', mixed[1].success && mixed[1].result.one()?.name)

  // ... or one by one as they come: the input is read only as fast as the results are.
  function* ids() {
    for (let n = 0; n < 1000; n++) yield [n]
  }
  let seen = 0
  for await (const each of executeConcurrentWithArgs(session, select, ids(), { concurrency: 50, resultsGenerator: true })) {
    if (each.success) seen += each.result.length
  }
  console.log('generator:', seen, 'rows')
  assert.equal(seen, 1000)
})
