/** The whole of the benchmark, as short as it can be. No time is judged. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const shortest = ['--seconds', '0.1', '--warm-up', '0.1', '--wait', '0', '--rounds', '1', '--json']

/** The document that a run prints. */
function bench(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, ...shortest], { encoding: 'utf8', maxBuffer: 2 ** 26 })
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout)
}

const resultsOf = ({ runs }) => runs.map(({ client, cell, report, error }) => [client, cell, error ?? report.requests > 0])

describe('a short run', () => {
  it('measures clients of every kind, over v4, v5, LZ4 and TLS', () => {
    const cells = 'insert@8,select1@8+v5,wide@2+lz4,select1@8+v5+lz4+tls,select1@1000/s'
    const result = bench('--cells', cells, '--clients', 'cqlwire,floor-promise,cassandra-driver')
    assert.deepEqual(resultsOf(result), [
      ['cqlwire', 'insert@8', true],
      ['floor-promise', 'insert@8', true],
      ['cassandra-driver', 'insert@8', true],
      ['cqlwire', 'select1@8+v5', true],
      ['floor-promise', 'select1@8+v5', true],
      ['cqlwire', 'wide@2+lz4', true],
      ['cqlwire', 'select1@8+v5+lz4+tls', true],
      ['cqlwire', 'select1@1000/s', true],
      ['cassandra-driver', 'select1@1000/s', true],
    ])
    assert.equal(result.runs.find(({ cell }) => cell === 'select1@8+v5').report.protocol, 5)
    assert.ok(result.runs.every(({ report }) => report.peakRssMiB > 0 && report.p50Ms <= report.p999Ms))
  })

  it('does every workload', () => {
    const workloads = ['insert', 'select'].flatMap((kind) =>
      ['blob1k', 'blob100k', 'texts', 'collections', 'vectors'].map((table) => `${kind}-${table}@4`),
    )
    const result = bench('--cells', [...workloads, 'batch@4'].join(','), '--clients', 'cqlwire,floor,cassandra-driver')
    assert.equal(result.runs.length, 33)
    assert.deepEqual(
      resultsOf(result).filter(([, , outcome]) => outcome !== true),
      [],
    )
  })

  it('does every pattern of cqlwire', () => {
    const patterns = ['future-batches', 'callback-pipeline', 'future-pipeline', 'concurrent', 'blocking', 'columns']
    const result = bench('--cells', 'wide@2', '--clients', patterns.map((name) => `cqlwire-${name}`).join(','))
    assert.deepEqual(
      resultsOf(result),
      patterns.map((name) => [`cqlwire-${name}`, 'wide@2', true]),
    )
    // Thousands of pages at once take longer than their requests may.
    assert.deepEqual(resultsOf(bench('--cells', 'select1@2', '--clients', 'cqlwire-future-throttle')), [
      ['cqlwire-future-throttle', 'select1@2', true],
    ])
  })

  it("sets concurrency: 'auto' beside fixed numbers in flight, against servers that take their time and refuse", () => {
    const result = bench('adaptive', '--servers', 'slow,overloaded', '--levels', '4')
    assert.deepEqual(
      result.runs.map(({ server, level, report }) => [server, level, report.requests > 0]),
      ['auto', 4].flatMap((level) => ['slow', 'overloaded'].map((server) => [server, level, true])),
    )
    // So many at a time, 5 ms each: no faster than that, whoever else is on the machine.
    const slow = result.runs.find(({ server, level }) => server === 'slow' && level === 4)
    assert.ok(slow.report.requestsPerSecond <= 4 / 0.005)
    assert.deepEqual(
      result.servers.map(({ server, levels }) => [server, levels.map(({ level }) => level)]),
      ['slow', 'overloaded'].map((server) => [server, ['auto', 4]]),
    )
  })
})
