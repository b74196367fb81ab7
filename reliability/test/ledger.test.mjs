import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NoHostAvailableError, WriteTimeoutError } from 'cqlwire'
import { CasRow } from '../dist/ledger/cas-row.js'
import { outcomeOf } from '../dist/ledger/outcomes.js'
import { readBack } from '../dist/ledger/read-back.js'
import { Workload } from '../dist/ledger/workload.js'
import { MemoryStore, neverSent, refused, sentAndLost, timedOut } from './memory-store.mjs'

/** A hundred of every kind of request against a database that does to each request what `misbehave(name, count)` says. */
async function run(misbehave = () => undefined) {
  const store = new MemoryStore()
  const work = new Workload(store, { ended: () => undefined }, { seed: 1, random: () => 0.5, entriesPerSecond: 50 })
  await work.prepare()
  const counts = {}
  store.misbehave = (name) => misbehave(name, (counts[name] = (counts[name] ?? 0) + 1))
  for (let i = 0; i < 100; i++) {
    await work.writeEntry()
    await work.increment(work.increments[0])
    await work.casAttempt(work.casRows[0])
    await work.readEntry('LOCAL_ONE')
  }
  store.misbehave = () => undefined
  return { work, store, back: await readBack(store, work, (read) => read()) }
}

const at = (name, count, how) => (called, which) => {
  if (called !== name || which !== count) return undefined
  if (typeof how === 'function') throw how()
  return how
}

const cas = (work) => work.casRows[0].figures

describe("the ledger's reckoning", () => {
  it('finds nothing where the database keeps everything', async () => {
    const { work, back } = await run()
    assert.deepEqual(back, { entries: 101, carriedOut: 0, absent: 0, lost: 0, problems: [] })
    assert.equal(cas(work).acknowledged, 100)
    for (const { figures } of Object.values(work.books)) assert.equal(figures.sent, figures.acknowledged)
  })

  it('finds the one write that the database acknowledged and forgot', async () => {
    const { back } = await run(at('writeEntry', 40, 'forget'))
    assert.equal(back.lost, 1)
    assert.match(back.problems.join(), /entry 40: lost, it was acknowledged and is not there/)
  })

  it('finds an entry in whose place another value stands', async () => {
    const { work, store } = await run()
    store.entries.set(7, work.entries.valueOf(8))
    const back = await readBack(store, work, (read) => read())
    assert.equal(back.lost, 1)
    assert.match(back.problems.join(), /entry 7: wrong/)
  })

  it('finds a write that was carried out though the driver said that it was not sent', async () => {
    const { work, store } = await run(at('writeEntry', 3, neverSent))
    assert.deepEqual((await readBack(store, work, (read) => read())).problems, [])
    store.entries.set(3, work.entries.valueOf(3))
    assert.match((await readBack(store, work, (read) => read())).problems.join(), /entry 3: phantom/)
  })

  it('takes a write of unknown outcome as it is found, there or not', async () => {
    const there = await run(at('writeEntry', 3, 'done, then fails'))
    assert.deepEqual([there.back.carriedOut, there.back.absent, there.back.problems.length], [1, 0, 0])
    const absent = await run(at('writeEntry', 3, sentAndLost))
    assert.deepEqual([absent.back.carriedOut, absent.back.absent, absent.back.problems.length], [0, 1, 0])
    assert.equal(absent.work.books.writes.figures.unknown, 1)
  })

  it('tells at once of a read that does not find what was acknowledged', async () => {
    const { work, store } = await run()
    store.entries.clear()
    await work.readEntry('QUORUM')
    assert.match(work.problems.join(), /acknowledged, read at QUORUM: lost/)
  })

  it('finds an increment that was lost', async () => {
    const { back } = await run(at('increment', 9, 'forget'))
    assert.match(back.problems.join(), /counter 0: 99, but 100 increments were acknowledged: 1 are lost/)
  })

  it('finds an increment that was carried out twice', async () => {
    const { back } = await run(at('increment', 9, 'twice'))
    assert.match(back.problems.join(), /counter 0: 101, but at most 100 .*: 1 were carried out twice/)
  })

  it('lets an increment of unknown outcome count or not, and one that was refused not', async () => {
    assert.deepEqual((await run(at('increment', 9, 'done, then fails'))).back.problems, [])
    assert.deepEqual((await run(at('increment', 9, sentAndLost))).back.problems, [])
    const { work, store } = await run(at('increment', 9, refused))
    assert.equal(work.books.increments.figures.failed, 1)
    await store.increment(0)
    assert.match((await readBack(store, work, (read) => read())).problems.join(), /counter 0: 100, but at most 99/)
  })

  it('resolves a step of unknown outcome by a serial read: carried out, or to be tried again', async () => {
    const done = await run(at('compareAndSet', 5, 'done, then fails'))
    assert.deepEqual([cas(done.work).acknowledged, cas(done.work).resolvedApplied, done.back.problems], [99, 1, []])
    const undone = await run(at('compareAndSet', 5, sentAndLost))
    assert.deepEqual([cas(undone.work).acknowledged, cas(undone.work).resolvedNotApplied, undone.back.problems], [99, 1, []])
  })

  it('finds a step that was acknowledged and forgotten', async () => {
    const { back } = await run(at('compareAndSet', 100, 'forget'))
    assert.match(back.problems.join(), /row 0: 99 by 0\.99\.\d+ stands there, where 100 by 0\.100\.\d+ was acknowledged/)
  })

  it('finds a step that was carried out and then refused, as one that is sent twice is', async () => {
    const row = new CasRow(0, { n: 0, by: 'start' })
    const next = row.attempt()
    row.observe(next, next)
    assert.match(row.figures.problems.join(), /refused by the database and carried out all the same/)
  })

  it('knows an attempt of the same step that comes late, from a node that was paused', async () => {
    const row = new CasRow(0, { n: 0, by: 'start' })
    const late = row.attempt()
    row.unknown(late)
    row.observe({ n: 0, by: 'start' })
    const second = row.attempt()
    row.observe(late, second)
    assert.deepEqual(row.figures, { acknowledged: 0, resolvedApplied: 1, resolvedNotApplied: 0, open: 0, problems: [] })
  })

  it('keeps a request that never ends in its book, as pending', async () => {
    const store = new MemoryStore()
    store.increment = () => new Promise(() => undefined)
    const work = new Workload(store, { ended: () => undefined }, { seed: 1, random: () => 0.5, entriesPerSecond: 200 })
    await work.prepare()
    work.start()
    await new Promise((resolve) => setTimeout(resolve, 400))
    await work.stop(50)
    const { sent, pending } = work.books.increments.figures
    assert.ok(sent > 0)
    assert.equal(pending, sent)
    assert.equal(work.books.writes.pending, 0)
  })
})

describe('the outcome of a failed request', () => {
  const all = (...errors) => new NoHostAvailableError('all failed', new Map(errors.map((error, i) => [`127.0.0.${i}`, error])))
  const writeTimeout = new WriteTimeoutError('late', {
    consistency: 'QUORUM',
    received: 1,
    blockFor: 2,
    writeType: 'SIMPLE',
    contentions: null,
  })

  it('is certain only where the driver says so, or a node that was asked once', () => {
    assert.equal(outcomeOf(neverSent(), true), 'notSent')
    assert.equal(outcomeOf(sentAndLost(), true), 'unknown')
    assert.equal(outcomeOf(timedOut(false), true), 'notSent')
    assert.equal(outcomeOf(timedOut(true), true), 'unknown')
    assert.equal(outcomeOf(refused(), true), 'refused')
    assert.equal(outcomeOf(refused(), false), 'unknown')
    assert.equal(outcomeOf(writeTimeout, true), 'unknown')
    assert.equal(outcomeOf(new Error('any'), true), 'unknown')
  })

  it('of several hosts is the least certain one', () => {
    assert.equal(outcomeOf(all(neverSent(), neverSent()), true), 'notSent')
    assert.equal(outcomeOf(all(neverSent(), refused()), true), 'refused')
    assert.equal(outcomeOf(all(neverSent(), sentAndLost(), refused()), true), 'unknown')
  })
})
