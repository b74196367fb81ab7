import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PreparedCache } from '../../../src/session/prepared-cache.js'
import type { PreparedStatement } from '../../../src/session/prepared-statement.js'
import { BatchRequest, ExecuteRequest } from '../../../src/session/request.js'

const statement = (name: string): PreparedStatement =>
  ({ query: name, id: Buffer.from(name), routing: null }) as unknown as PreparedStatement

function cacheOf(capacity: number): { cache: PreparedCache; evicted: number[]; put: (name: string) => Promise<PreparedStatement> } {
  const evicted: number[] = []
  const cache = new PreparedCache(capacity, (most) => evicted.push(most))
  return { cache, evicted, put: (name) => cache.getOrPrepare(null, name, () => Promise.resolve(statement(name))) }
}

describe('the cache of prepared statements', () => {
  test('keeps statements by keyspace and text', async () => {
    const { cache } = cacheOf(10)
    const one = statement('one')
    const other = statement('other')
    await cache.getOrPrepare('a', 'SELECT', () => Promise.resolve(one))
    await cache.getOrPrepare('b', 'SELECT', () => Promise.resolve(other))
    assert.equal(cache.get('a', 'SELECT'), one)
    assert.equal(cache.get('b', 'SELECT'), other)
    assert.equal(cache.get(null, 'SELECT'), undefined)
    assert.deepEqual([...cache.all()], [one, other])
  })

  test('prepares once for all who ask meanwhile, and not again afterwards', async () => {
    const { cache } = cacheOf(10)
    let calls = 0
    const prepare = (): Promise<PreparedStatement> => Promise.resolve(statement(`made ${++calls}`))
    const all = await Promise.all([1, 2, 3].map(() => cache.getOrPrepare(null, 'SELECT', prepare)))
    assert.equal(calls, 1)
    assert.equal(new Set(all).size, 1)
    assert.equal(await cache.getOrPrepare(null, 'SELECT', prepare), all[0])
    assert.equal(calls, 1)
  })

  test('keeps no failure', async () => {
    const { cache } = cacheOf(10)
    await assert.rejects(
      cache.getOrPrepare(null, 'SELECT', () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    )
    assert.equal(cache.size, 0)
    await cache.getOrPrepare(null, 'SELECT', () => Promise.resolve(statement('well')))
    assert.equal(cache.size, 1)
  })

  test('forgets the least recently used one past its bound, and tells', async () => {
    const { cache, evicted, put } = cacheOf(3)
    for (const name of ['a', 'b', 'c']) await put(name)
    assert.deepEqual(evicted, [])
    cache.get(null, 'a') // used: 'b' is the oldest now
    await put('d')
    assert.deepEqual(evicted, [3])
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((name) => cache.get(null, name) !== undefined),
      [true, false, true, true],
    )
    assert.equal(cache.size, 3)
  })

  test('finds the statement of a request by its id', () => {
    const { cache } = cacheOf(3)
    const [a, b, c] = ['a', 'b', 'c'].map(statement) as [PreparedStatement, PreparedStatement, PreparedStatement]
    const execute = new ExecuteRequest(a, [])
    assert.equal(cache.ofRequest(execute, a.id), a)
    assert.equal(cache.ofRequest(execute, b.id), null)
    const batch = new BatchRequest('LOGGED', [], [a, b], null, undefined)
    assert.equal(cache.ofRequest(batch, b.id), b)
    assert.equal(cache.ofRequest(batch, c.id), null)
  })
})
