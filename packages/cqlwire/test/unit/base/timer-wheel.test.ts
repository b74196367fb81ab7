import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TimerWheel, type TimerNode, type TimerSource } from '../../../src/base/timer-wheel.js'

/** A clock that tests move. Each `advance` wakes the interval once, as an event loop does after a hold-up of that length. */
class FakeTime implements TimerSource {
  time = 12_345.678
  running = false
  #tick: () => void = () => {}
  readonly #afterPoll: (() => void)[] = []
  readonly #inKernel: (() => void)[] = []

  now(): number {
    return this.time
  }

  every(_ms: number, callback: () => void): () => void {
    assert.equal(this.running, false, 'one interval at a time')
    this.running = true
    this.#tick = callback
    return () => {
      this.running = false
    }
  }

  afterPoll(callback: () => void): void {
    this.#afterPoll.push(callback)
  }

  /** Something that the poll phase delivers: between the timers and what runs after it. */
  arrives(callback: () => void): void {
    this.#inKernel.push(callback)
  }

  advance(ms: number): void {
    this.time += ms
    if (this.running) this.#tick()
    for (const callback of this.#inKernel.splice(0)) callback()
    for (const callback of this.#afterPoll.splice(0)) callback()
  }
}

class Node implements TimerNode {
  timerPrevious: TimerNode | null = null
  timerNext: TimerNode | null = null
  timerDeadline = 0
  readonly fired: number[] = []
  readonly #clock: FakeTime

  constructor(clock: FakeTime) {
    this.#clock = clock
  }

  onTimer(): void {
    this.fired.push(this.#clock.time)
  }
}

const TICK = 20

test('fires once, not early, and at most three ticks late', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wait: fc.double({ min: 0, max: 50, noNaN: true }), delay: fc.integer({ min: 0, max: 15_000 }) }), {
        minLength: 1,
        maxLength: 30,
      }),
      (steps) => {
        const clock = new FakeTime()
        const wheel = new TimerWheel(TICK, clock)
        const nodes = steps.map(({ wait, delay }) => {
          // Between the ticks: time passes and the interval doesn't fire.
          clock.time += wait / 10
          if (wait > 25) clock.advance(TICK)
          const node = new Node(clock)
          wheel.schedule(node, delay)
          return { node, at: clock.time, delay }
        })
        for (let i = 0; i < 800; i++) clock.advance(TICK)
        for (const { node, at, delay } of nodes) {
          assert.equal(node.fired.length, 1)
          const late = node.fired[0]! - at - delay
          assert.ok(late >= 0, `${-late} ms early`)
          // One tick until it is placed, one until the next, one more as the steps above move ticks off the grid, by up to 5 ms each.
          assert.ok(late <= 3 * TICK + 5 * steps.length, `${late} ms late`)
        }
        assert.equal(wheel.size, 0)
      },
    ),
    { numRuns: 60 },
  )
})

test('a cancelled node doesn’t fire, wherever it hung', () => {
  const clock = new FakeTime()
  const wheel = new TimerWheel(TICK, clock)
  const fresh = new Node(clock)
  const placed = new Node(clock)
  const other = new Node(clock)
  wheel.schedule(placed, 100)
  wheel.schedule(other, 100)
  clock.advance(TICK)
  wheel.schedule(fresh, 100)
  wheel.cancel(fresh)
  wheel.cancel(placed)
  wheel.cancel(placed)
  assert.equal(wheel.size, 1)
  for (let i = 0; i < 20; i++) clock.advance(TICK)
  assert.deepEqual([fresh.fired.length, placed.fired.length, other.fired.length], [0, 0, 1])
})

test('after a hold-up, answers that lie in the kernel come before the timers', () => {
  const clock = new FakeTime()
  const wheel = new TimerWheel(TICK, clock)
  const answered = new Node(clock)
  const unanswered = new Node(clock)
  wheel.schedule(answered, 100)
  wheel.schedule(unanswered, 100)
  clock.advance(TICK)
  clock.arrives(() => wheel.cancel(answered))
  clock.advance(60_000)
  assert.deepEqual([answered.fired.length, unanswered.fired.length], [0, 1])
  assert.equal(wheel.size, 0)
})

test('a delay of a request that was made just before a hold-up counts from after it', () => {
  const clock = new FakeTime()
  const wheel = new TimerWheel(TICK, clock)
  const node = new Node(clock)
  wheel.schedule(node, 100)
  clock.advance(5_000)
  assert.equal(node.fired.length, 0)
  for (let i = 0; i < 7; i++) clock.advance(TICK)
  assert.equal(node.fired.length, 1)
})

test('a node may schedule itself again from its timer, and be moved while it is scheduled', () => {
  const clock = new FakeTime()
  const wheel = new TimerWheel(TICK, clock)
  let fired = 0
  const node = wheel.after(100, () => {
    if (++fired < 3) wheel.schedule(node, 100)
  })
  wheel.schedule(node, 200)
  assert.equal(wheel.size, 1)
  for (let i = 0; i < 7; i++) clock.advance(TICK)
  assert.equal(fired, 0)
  for (let i = 0; i < 40; i++) clock.advance(TICK)
  assert.equal(fired, 3)
  assert.equal(wheel.size, 0)
})

test('the interval runs only while something is scheduled, with one idle tick of grace', () => {
  const clock = new FakeTime()
  const wheel = new TimerWheel(TICK, clock)
  assert.equal(clock.running, false)
  const node = new Node(clock)
  wheel.schedule(node, 1_000)
  wheel.cancel(node)
  assert.equal(clock.running, true)
  clock.advance(TICK)
  assert.equal(clock.running, true)
  clock.advance(TICK)
  assert.equal(clock.running, false)
  wheel.schedule(node, 40)
  for (let i = 0; i < 10; i++) clock.advance(TICK)
  assert.equal(node.fired.length, 1)
  assert.equal(clock.running, false)
})

test('a timer that throws doesn’t keep the others from firing', () => {
  const clock = new FakeTime()
  const wheel = new TimerWheel(TICK, clock)
  const node = new Node(clock)
  wheel.after(10, () => {
    throw new Error('mine')
  })
  wheel.schedule(node, 10)
  clock.advance(TICK)
  assert.throws(() => {
    for (let i = 0; i < 3; i++) clock.advance(TICK)
  }, /mine/)
  clock.advance(TICK)
  assert.equal(node.fired.length, 1)
})

test('fires on the real clock, too', async () => {
  const wheel = new TimerWheel(2)
  // The wheel doesn't keep the process alive; this does.
  const alive = setInterval(() => {}, 1_000)
  const start = performance.now()
  await new Promise<void>((resolve) => void wheel.after(10, resolve))
  clearInterval(alive)
  assert.ok(performance.now() - start >= 10)
})
