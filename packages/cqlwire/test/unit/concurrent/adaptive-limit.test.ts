import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AdaptiveLimit } from '../../../src/concurrent/adaptive-limit.js'
import { bestFixed, type ServerModel, simulate } from './simulated-server.js'

const steady = (ms: number) => () => ms
/** Service times of one mean, most of them short and some long, as real ones are. */
const uneven = (ms: number) => (_now: number, random: () => number) => -ms * Math.log(1 - random())

const servers: Record<string, ServerModel & { readonly count: number }> = {
  'a fast one, whose batches grow cheaper': { slots: 1, service: steady(0.04), network: 0.02, batch: { each: 0.0025 }, count: 100_000 },
  'one of 64 slots': { slots: 64, service: steady(5), network: 0.2, count: 40_000 },
  'one of 64 slots and uneven times': { slots: 64, service: uneven(5), network: 0.2, count: 40_000 },
  'one of 8 slots': { slots: 8, service: steady(2), network: 0.1, count: 20_000 },
  'a slow one of 200 slots': { slots: 200, service: uneven(50), network: 1, count: 100_000 },
  'one far away': { slots: 16, service: steady(1), network: 20, count: 60_000 },
  'one that does one thing at a time': { slots: 1, service: steady(1), network: 0.1, count: 10_000 },
  'one that is suddenly ten times as slow': { slots: 64, service: (now) => (now < 1_500 ? 5 : 50), network: 0.2, count: 40_000 },
  'one that is suddenly ten times as fast': { slots: 64, service: (now) => (now < 1_500 ? 50 : 5), network: 0.2, count: 40_000 },
  'one that refuses above 100': { slots: 200, service: steady(5), network: 0.2, most: 100, count: 60_000 },
  'one that refuses above 48, and then slows down': {
    slots: 64,
    service: (now) => (now < 1_500 ? 5 : 50),
    network: 0.2,
    most: 48,
    count: 40_000,
  },
}

describe("concurrency 'auto' needs at most 1 / 0.9 of the time of the best fixed number, against", () => {
  for (const [name, { count, ...model }] of Object.entries(servers)) {
    test(name, () => {
      const best = bestFixed(model, count)
      const auto = simulate(model, new AdaptiveLimit(), count)
      assert.ok(
        best.ms / auto.ms >= 0.9,
        `${(best.ms / auto.ms).toFixed(3)} of the best, which is ${best.level}; levels: ${auto.limits.join(' ')}`,
      )
      assert.ok(auto.refused <= count / 50, `${auto.refused} refused`)
    })
  }
})

let now = 0

/** So many requests are over, one each millisecond. */
function feed(limit: AdaptiveLimit, count: number, latencyMs: number, isFull = true, refusals = 0): void {
  for (let i = 0; i < count; i++) if (limit.looksAt(i)) limit.sample(limit.epoch, latencyMs, (now += 1), isFull, refusals)
}

describe('the limit', () => {
  test('climbs while a level twice as high has the same latency, up to a bound', () => {
    const limit = new AdaptiveLimit()
    assert.equal(limit.limit, 32)
    feed(limit, 3 * 32, 5)
    assert.equal(limit.limit, 64)
    feed(limit, 20_000, 5)
    assert.equal(limit.limit, 1_024)
  })

  test('stays where too little was in flight to tell', () => {
    const limit = new AdaptiveLimit()
    feed(limit, 10_000, 5, false)
    assert.equal(limit.limit, 32)
  })

  test('is lowered by a refusal, once for all that started before', () => {
    const limit = new AdaptiveLimit()
    const { epoch } = limit
    for (let i = 0; i < 10; i++) limit.refused(epoch, 32)
    assert.equal(limit.limit, 25)
    limit.refused(limit.epoch, 25)
    assert.equal(limit.limit, 20)
    for (let i = 0; i < 50; i++) limit.refused(limit.epoch, limit.limit)
    assert.equal(limit.limit, 1)
  })

  test('is lowered as soon as the server is seen to refuse, once for what was sent before, and again for what was sent since', () => {
    const limit = new AdaptiveLimit()
    feed(limit, 3 * 32, 5)
    assert.equal(limit.limit, 64)
    feed(limit, 1, 5, true, 3)
    assert.equal(limit.limit, 32)
    feed(limit, 1, 5, true, 9)
    assert.equal(limit.limit, 32)
    feed(limit, 1, 5, true, 10)
    assert.equal(limit.limit, 25)
  })

  test('does not go back to the level that was refused for a while', () => {
    const limit = new AdaptiveLimit()
    feed(limit, 3 * 32, 5)
    limit.refused(limit.epoch, 64)
    assert.equal(limit.limit, 32)
    let most = 0
    for (let i = 0; i < 3_000; i++) {
      feed(limit, 1, 5)
      most = Math.max(most, limit.limit)
    }
    assert.equal(most, 56)
  })
})
