import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { RequestBook } from '../dist/ledger/request-book.js'
import { Deadlines } from '../dist/watch/deadlines.js'
import { LoopWatch } from '../dist/watch/loop-watch.js'
import { residueSince } from '../dist/watch/residue.js'

/** The tests run without --expose-gc. */
globalThis.gc ??= () => undefined

function holdUp(ms) {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('the watch over deadlines', () => {
  it('finds a request that outlived its deadline', async () => {
    const loop = new LoopWatch()
    const deadlines = new Deadlines(50, loop)
    await new RequestBook('reads', true, deadlines).enter(() => delay(50 + 400))
    const problems = await deadlines.finish()
    loop.stop()
    assert.equal(problems.length, 1)
    assert.match(problems[0], /^reads: ended \d+ ms after it was sent, its deadline was 50 ms/)
  })

  it('takes off the time for which the event loop was held up', async () => {
    const loop = new LoopWatch()
    const deadlines = new Deadlines(50, loop)
    const request = new RequestBook('reads', true, deadlines).enter(() => delay(50))
    await delay(20)
    holdUp(600)
    await request
    const problems = await deadlines.finish()
    loop.stop()
    assert.ok(deadlines.slowestMs >= 600)
    assert.deepEqual(problems, [])
  })

  it('takes off a pause in which the deadline did not begin to count yet, and none from the time between', async () => {
    const run = async (beforePause) => {
      const loop = new LoopWatch()
      const deadlines = new Deadlines(1_000, loop)
      const request = new RequestBook('reads', true, deadlines).enter(() => delay(1_500))
      await delay(beforePause)
      holdUp(500)
      await request
      const problems = await deadlines.finish()
      loop.stop()
      return problems.length
    }
    assert.equal(await run(0), 0)
    assert.equal(await run(200), 1)
  })
})

describe('the residue', () => {
  const before = async () => {
    const { takeHoldings } = await import('../dist/watch/residue.js')
    return takeHoldings()
  }

  it('is nothing where nothing was left', async () => {
    const { problems } = await residueSince(await before(), 0)
    assert.deepEqual(problems, [])
  })

  it('finds a timer that still runs', async () => {
    const start = await before()
    const timer = setTimeout(() => undefined, 60_000)
    const { problems } = await residueSince(start, 0)
    clearTimeout(timer)
    assert.match(problems.join(), /Timeout: \d+ open/)
  })

  it('finds a socket that is still open', async () => {
    const start = await before()
    const server = createServer()
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { problems } = await residueSince(start, 0)
    server.close()
    assert.match(problems.join(), /TCPServerWrap: 1 open, 0 at the start/)
  })

  it('finds memory that is still held', async () => {
    const start = await before()
    const held = Buffer.alloc(32 * 1024 * 1024)
    const { problems } = await residueSince(start, 0)
    assert.equal(held.length, 32 * 1024 * 1024)
    assert.match(problems.join(), /memory: 3\d\.\d MiB more than at the start/)
  })
})
