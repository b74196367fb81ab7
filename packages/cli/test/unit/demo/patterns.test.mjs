import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadCities } from '../../../dist/demo/cities.js'
import { callbacks } from '../../../dist/demo/patterns/callbacks.js'
import { futures } from '../../../dist/demo/patterns/futures.js'
import { wait } from '../../../dist/demo/patterns/wait.js'
import { runPattern } from '../../../dist/demo/run-pattern.js'
import { columns } from '../../../dist/demo/schema.js'
import { silent } from '../../../dist/demo/silent-progress.js'
import { FakeSession } from './fake-session.mjs'

const cities = await loadCities(300, new Date(1_750_000_000_000))
const victim = cities[123].id

const runWith = (pattern, session, signal = new AbortController().signal) =>
  runPattern(pattern, 'a_table', cities, cities.length, { session, concurrency: 16, signal, progress: silent, blocking: assert.fail })

for (const pattern of [wait, futures, callbacks]) {
  describe(`the demo's pattern: ${pattern.title}`, () => {
    it('writes every city, reads every city, and finds them equal', async () => {
      const session = new FakeSession(columns)
      const { write, read, check } = await runWith(pattern, session)
      assert.deepEqual(check, { equalRows: 300, differentRows: 0, missingRows: 0, rowsInTable: 300, differences: [] })
      assert.deepEqual(
        [...session.rows.keys()],
        cities.map(({ id }) => id),
      )
      assert.equal(write.requests, 300)
      assert.equal(read.requests, 300)
      assert.ok(read.latencyMs.p50 <= read.latencyMs.p99 && read.latencyMs.p99 <= read.latencyMs.max)
    })

    it('reports the row and the field that came back with another value', async () => {
      const session = new FakeSession(columns, (row) => (row.id === victim ? { ...row, name: 'Elsewhere' } : row))
      const { check } = await runWith(pattern, session)
      assert.equal(check.equalRows, 299)
      assert.equal(check.differentRows, 1)
      assert.deepEqual(check.differences, [
        { id: victim, field: 'name', expected: JSON.stringify(cities[123].name), actual: '"Elsewhere"' },
      ])
    })

    it('reports a row that does not come back', async () => {
      const { check } = await runWith(pattern, new FakeSession(columns, (row) => (row.id === victim ? undefined : row)))
      assert.equal(check.missingRows, 1)
      assert.deepEqual(check.differences, [{ id: victim, field: '*', expected: 'a row', actual: 'no row' }])
    })

    it('sends nothing more after it was stopped, and says why', async () => {
      const stopping = new AbortController()
      const session = new FakeSession(columns)
      session.rows.set = function (id, row) {
        if (this.size === 50) stopping.abort(new Error('enough'))
        return Map.prototype.set.call(this, id, row)
      }
      await assert.rejects(runWith(pattern, session, stopping.signal), { message: 'enough' })
      assert.ok(session.rows.size < 100, `${session.rows.size} rows were written`)
    })

    it('rejects with the error of a request that failed', async () => {
      const failing = new FakeSession(columns, () => {
        throw new Error('the node is on fire')
      })
      failing.executeAsync = () => ({
        result: () => Promise.reject(new Error('the node is on fire')),
        addCallbacks: ({ errback }) => queueMicrotask(() => errback(new Error('the node is on fire'))),
      })
      failing.execute = () => Promise.reject(new Error('the node is on fire'))
      await assert.rejects(runWith(pattern, failing), { message: 'the node is on fire' })
    })
  })
}
