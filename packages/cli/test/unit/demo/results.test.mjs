import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { demoOptionsOf } from '../../../dist/demo/demo-options.js'
import { newHistogram } from '../../../dist/demo/histogram.js'
import { Meter } from '../../../dist/demo/meter.js'
import { count, measure } from '../../../dist/demo/numbers.js'
import { PlainProgress } from '../../../dist/demo/progress.js'
import { resultsTable, verdict } from '../../../dist/demo/results-table.js'

const measured = {
  requests: 10,
  seconds: 2,
  requestsPerSecond: 5,
  cpuSeconds: 0.1,
  cpuSecondsPerMillion: 12.345,
  latencyMs: { p50: 0.5, p90: 1, p99: 2, p999: 3, max: 4 },
  rates: [],
}
const pattern = (check, more = {}) => ({
  name: 'a',
  title: 'a pattern',
  code: '',
  table: 't',
  rows: 10,
  sample: false,
  write: measured,
  read: measured,
  check: { equalRows: 10, differentRows: 0, missingRows: 0, rowsInTable: 10, differences: [], ...check },
  ...more,
})

describe("the demo's figures", () => {
  it('shows three digits, and whole numbers from a hundred on', () => {
    assert.deepEqual([0, 0.04123, 0.5, 3.14159, 41.66, 123.4, 12_345.6].map(measure), [
      '0',
      '0.0412',
      '0.500',
      '3.14',
      '41.7',
      '123',
      '12,346',
    ])
    assert.equal(count(1_234_567.8), '1,234,568')
  })

  it('says in the table what is wrong with a pattern', () => {
    assert.equal(verdict(pattern({})), 'all equal')
    assert.equal(verdict(pattern({ equalRows: 7, differentRows: 2, missingRows: 1 })), '2 differ, 1 missing')
    assert.equal(verdict(pattern({ rowsInTable: 11 })), '11 in the table')
    assert.match(resultsTable([pattern({ rowsInTable: 11 })]), /11 in the table/)
  })

  it('marks in the table the patterns that got a part of the rows', () => {
    assert.doesNotMatch(resultsTable([pattern({})]), /\* one request at a time/)
    assert.match(resultsTable([pattern({}, { sample: true })]), /10 \* [^]*\* one request at a time/)
  })

  it('measures from sending to the answer, and leaves out what happens in a pause', async (t) => {
    let milliseconds = 1_000
    t.mock.method(performance, 'now', () => milliseconds)
    t.mock.method(process, 'cpuUsage', (since = { user: 0, system: 0 }) => ({
      user: milliseconds * 500 - since.user,
      system: milliseconds * 250 - since.system,
    }))
    const meter = new Meter(await newHistogram(), () => undefined)
    milliseconds += 200
    meter.answered(1_180)
    meter.pause()
    milliseconds += 10_000
    meter.resume()
    milliseconds += 200
    meter.answered(11_360)
    const { requests, latencyMs, seconds, cpuSeconds, rates } = meter.stop()
    assert.equal(requests, 2)
    assert.deepEqual([latencyMs.p50, latencyMs.max].map(Math.round), [20, 40])
    assert.equal(seconds, 0.4)
    assert.equal(cpuSeconds, 0.3)
    assert.deepEqual(rates, [
      [0.2, 5],
      [0.4, 5],
    ])
  })

  it('never takes more rows for a sample than there are', () => {
    const given = { nodes: 1, concurrency: 1, report: 'r' }
    assert.deepEqual(
      [demoOptionsOf({ ...given, rows: 50 })].map(({ rows, sampleRows }) => [rows, sampleRows]),
      [[50, 50]],
    )
    assert.equal(demoOptionsOf({ ...given, rows: 1e9 }).rows, 135_233)
    assert.ok(demoOptionsOf({ ...given, quick: true }).rows < demoOptionsOf(given).rows)
  })

  it('writes plain lines where there is no terminal', () => {
    let text = ''
    const progress = new PlainProgress({ write: (line) => (text += line) })
    progress.begin('reading', 2_000)
    progress.update(1_000)
    progress.end('done')
    assert.equal(text, '  reading: done\n')
  })
})
