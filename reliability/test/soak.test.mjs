import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../dist/seeded-random.js'
import { flatness, theilSen } from '../dist/soak/flatness.js'
import { Load } from '../dist/soak/load.js'
import { verdictOf } from '../dist/soak/verdict.js'

const line = (count, y) => Array.from({ length: count }, (_, x) => ({ x, y: y(x) }))

describe('flatness', () => {
  it('takes the middle slope, which a few odd points do not move', () => {
    assert.equal(theilSen(line(10, (x) => 2 * x + 1)), 2)
    assert.equal(theilSen(line(21, (x) => (x % 7 === 3 ? 1_000 : 2 * x + 1))), 2)
  })

  it('finds a leak of 2 KiB a second under a noise of a MiB', () => {
    const random = seededRandom(1)
    const noisy = (perSecond) => line(600, (x) => 20 + random() + (x * 6 * perSecond) / 1024)
    assert.equal(flatness('heap', 'MiB', noisy(0), { allowed: 1 }).isFlat, true)
    assert.equal(flatness('heap', 'MiB', noisy(2), { allowed: 1 }).isFlat, false)
  })

  it('does not mind what grows in the first half only', () => {
    const warming = line(100, (x) => Math.min(x, 50))
    const { isFlat, early, late } = flatness('heap', 'MiB', warming, { allowed: 1 })
    assert.deepEqual([isFlat, early, late], [true, 12, 50])
  })

  it('calls nothing flat that it has too few points of', () => {
    assert.equal(
      flatness(
        'heap',
        'MiB',
        line(6, () => 1),
        { allowed: 1 },
      ).isFlat,
      false,
    )
  })
})

describe('the verdict of a soak', () => {
  const sample = (seconds, more) => ({
    seconds,
    rssMiB: 100,
    heapMiB: 20,
    collectedHeapMiB: 15,
    buffersMiB: 1,
    sockets: 4,
    timers: 30,
    fileDescriptors: 40,
    loopDelayMs: { p50: 1, p99: 5, max: 9 },
    requestsPerSecond: 100,
    errorsPerSecond: 1,
    inFlight: 2,
    ...more,
  })
  const result = (of = () => ({}), problems = []) => ({
    interrupted: false,
    problems,
    samples: Array.from({ length: 100 }, (_, i) => sample(i, of(i))),
  })

  it('is good where everything stays as it is', () => assert.equal(verdictOf(result()).isWell, true))

  it('is bad where one curve rises: a socket every twenty samples', () => {
    const { isWell, curves } = verdictOf(result((i) => ({ sockets: 4 + Math.floor(i / 20) })))
    assert.equal(isWell, false)
    assert.deepEqual(
      curves.filter(({ isFlat }) => !isFlat).map(({ name }) => name),
      ['open sockets'],
    )
  })

  it('is bad where a request was answered wrongly, however flat it is', () => {
    assert.equal(verdictOf(result(undefined, ['prepared read: WrongAnswer'])).isWell, false)
  })
})

describe('the load of a soak', () => {
  const job = (name, run) => ({ name, rate: 100, requests: 1, run })
  const runFor = async (jobs, isExcused) => {
    const load = new Load(jobs, {}, isExcused)
    load.start()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await load.stop(50)
    return load
  }

  it('reports a job that never ends, and an error that nothing excuses', async () => {
    const hanging = job('hangs', () => new Promise(() => undefined))
    const failing = job('fails', () => Promise.reject(new TypeError('x is not a function')))
    const load = await runFor([hanging, failing], () => false)
    assert.match(load.problems.join('\n'), /hangs: \d+ runs never ended/)
    assert.match(load.problems.join('\n'), /fails: TypeError: x is not a function/)
  })

  it('counts errors that are excused', async () => {
    const load = await runFor([job('fails', () => Promise.reject(new RangeError('away')))], () => true)
    assert.deepEqual(load.problems, [])
    const [figures] = load.figures.jobs
    assert.ok(figures.runs > 0)
    assert.equal(figures.failed, figures.runs)
    assert.equal(load.figures.errors.get('RangeError'), figures.runs)
  })
})
