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

/** Deadlines of a second, and an event loop that was held up as said: at the start of the request, and about its end. */
async function judge({ took, pausedAtStart = 0, pausedAtEnd = 0 }) {
  const deadlines = new Deadlines(1_000, { pausedFrom: () => pausedAtStart, pausedBetween: () => pausedAtEnd })
  const now = performance.now()
  deadlines.ended('reads', now - took, now)
  return await deadlines.finish()
}

describe('the watch over deadlines', () => {
  it('finds a request that outlived its deadline', async () => {
    const problems = await judge({ took: 1_200 })
    assert.equal(problems.length, 1)
    assert.match(problems[0], /^reads: ended 1200 ms after it was sent, its deadline was 1000 ms: 200 ms late/)
  })

  it('allows for the ticks of the timers', async () => assert.deepEqual(await judge({ took: 1_090 }), []))

  it('takes off the time for which the event loop was held up, when the request was sent and when it ended', async () => {
    assert.deepEqual(await judge({ took: 1_600, pausedAtEnd: 550 }), [])
    assert.deepEqual(await judge({ took: 1_600, pausedAtStart: 300, pausedAtEnd: 250 }), [])
    assert.equal((await judge({ took: 1_600, pausedAtStart: 300, pausedAtEnd: 100 })).length, 1)
  })

  it('is told by every request', async () => {
    const heard = []
    const book = new RequestBook('reads', true, { ended: (kind, began, ended) => heard.push([kind, began <= ended]) })
    await book.enter(() => Promise.resolve())
    await book.enter(() => Promise.reject(new Error('no')))
    assert.deepEqual(heard, Array(2).fill(['reads', true]))
  })
})

describe('the watch over the event loop', () => {
  it('sees that it was held up, and when', async () => {
    const loop = new LoopWatch()
    await delay(30)
    const began = performance.now()
    holdUp(200)
    await delay(30)
    loop.stop()
    assert.ok(loop.longestMs >= 150)
    assert.ok(loop.pausedBetween(began, began + 200) >= 150)
    assert.ok(loop.pausedFrom(began, 20) >= 150)
    assert.equal(loop.pausedBetween(began + 60_000, began + 60_200), 0)
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
