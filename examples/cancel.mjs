// Deadlines and cancellation: no request outlives what its caller wants of it.
import assert from 'node:assert/strict'
import { AbortError, OperationTimedOutError } from 'cqlwire'
import { withKeyspace } from './connect.mjs'

await withKeyspace('cancel', async (session) => {
  // A signal ends the request at once; the session goes on.
  const controller = new AbortController()
  const pending = session.execute('SELECT * FROM system_schema.columns', [], { signal: controller.signal })
  controller.abort(new Error('the user left'))
  await assert.rejects(pending, (error) => error instanceof AbortError && error.cause.message === 'the user left')
  console.log('aborted')

  // timeoutMs is a total: retries and all.
  await session.execute('CREATE TABLE t (id int PRIMARY KEY)')
  const insert = await session.prepare('INSERT INTO t (id) VALUES (?)')
  try {
    await session.execute(insert, [1], { timeoutMs: 1 })
    console.log('in time')
  } catch (error) {
    assert(error instanceof OperationTimedOutError)
    console.log('too late; was it sent?', error.sent)
  }

  // A future that nobody needs any more.
  const future = session.executeAsync(insert, [2])
  future.cancel()
  await assert.rejects(future.result(), AbortError)
  console.log('cancelled')
})
