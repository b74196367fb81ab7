import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { Debouncer } from '../../../src/cluster/debouncer.js'

describe('a debouncer', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  const noError = (error: Error): void => assert.fail(error)
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('runs once for all that comes within the delay, which later reasons do not put off', async () => {
    let runs = 0
    const debouncer = new Debouncer(100, () => Promise.resolve(void runs++), noError)
    debouncer.trigger()
    mock.timers.tick(60)
    debouncer.trigger()
    mock.timers.tick(39)
    assert.equal(runs, 0)
    mock.timers.tick(1)
    assert.equal(runs, 1)
    await turn()
    debouncer.trigger()
    mock.timers.tick(100)
    assert.equal(runs, 2)
  })

  it('runs once more, and not at the same time, for what comes while it runs', async () => {
    const ends: (() => void)[] = []
    const debouncer = new Debouncer(0, () => new Promise<void>((resolve) => ends.push(resolve)), noError)
    const first = debouncer.flush()
    const second = debouncer.flush()
    const third = debouncer.flush()
    assert.equal(second, third)
    assert.equal(ends.length, 1)
    ends[0]!()
    await first
    await turn()
    assert.equal(ends.length, 2)
    ends[1]!()
    await third
    assert.equal(ends.length, 2)
  })

  it('tells of a failure that nobody waits for, and goes on', async () => {
    const errors: Error[] = []
    const debouncer = new Debouncer(
      10,
      () => Promise.reject(new Error('no')),
      (error) => errors.push(error),
    )
    debouncer.trigger()
    mock.timers.tick(10)
    await turn()
    debouncer.trigger()
    mock.timers.tick(10)
    await turn()
    assert.deepEqual(
      errors.map((error) => error.message),
      ['no', 'no'],
    )
    await assert.rejects(debouncer.flush(), /no/)
  })

  it('runs no more once it is closed, what waits included', async () => {
    let runs = 0
    let end = (): void => {}
    const debouncer = new Debouncer(10, () => new Promise<void>((resolve) => ((end = resolve), runs++)), noError)
    const first = debouncer.flush()
    const second = debouncer.flush()
    debouncer.trigger()
    debouncer.close()
    end()
    await Promise.all([first, second])
    debouncer.trigger()
    mock.timers.tick(100)
    await debouncer.flush()
    assert.equal(runs, 1)
  })
})
