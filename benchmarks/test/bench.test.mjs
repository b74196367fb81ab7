import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseBenchOptions } from '../dist/bench-options.js'
import { cellName, parseCell } from '../dist/cells.js'
import { Load } from '../dist/measuring/load.js'
import { median, percentile } from '../dist/measuring/percentile.js'
import { memoryText, quarters } from '../dist/memory/memory-text.js'
import { allowedCores } from '../dist/pinning.js'
import { summarize } from '../dist/results/summary.js'
import { comparisonText } from '../dist/results/tables.js'
import { routingGroups } from '../dist/routing/routing-case.js'
import { routingText } from '../dist/routing/routing-text.js'
import { makeHosts } from '../dist/routing/simulated-ring.js'
import { parseContactPoint } from '../dist/servers/given-server.js'

const run = (round, client, cpu, more = {}) => ({
  round,
  client,
  cell: 'select1@128',
  error: null,
  report: {
    requests: 1,
    seconds: 1,
    requestsPerSecond: 100 / cpu,
    cpuUserSeconds: 1,
    cpuSystemSeconds: 1,
    cpuSecondsPerMillion: cpu,
    p50Ms: 1,
    p99Ms: 2,
    version: '1.0',
    protocol: 5,
    peakRssMiB: 80,
  },
  ...more,
})

describe('the command line of the benchmark', () => {
  it('compares every client against a real Cassandra where nothing else is said', () => {
    const options = parseBenchOptions([])
    assert.equal(options.mode, 'compare')
    assert.deepEqual(options.server, { kind: 'embedded' })
    assert.ok(options.clients.includes('cqlwire') && options.clients.includes('cassandra-driver'))
    assert.deepEqual(options.cells.map(cellName), ['insert@128', 'select1@1', 'select1@128', 'wide@16'])
    assert.equal(parseBenchOptions(['--help']), null)
  })

  it('measures routing against the fast server where nothing else is said', () => {
    const { mode, server, rounds } = parseBenchOptions(['routing'])
    assert.deepEqual([mode, server.kind, rounds], ['routing', 'fast', 7])
    assert.equal(parseBenchOptions(['routing', '--server', 'embedded']).server.kind, 'embedded')
  })

  for (const [args, message] of [
    [['--rounds', '0'], /--rounds takes a whole number/],
    [['--cells', 'select9@1'], /'select9@1' is not a cell.*select1/],
    [['--cells', 'select1'], /'select1' is not a cell/],
    [['--clients', 'nobody'], /no client 'nobody'.*cassandra-driver/],
    [['--server', 'slow'], /--server takes embedded or fast, got 'slow'/],
    [['--server', 'fast', '--contact-points', 'a'], /give one of them/],
    [['--seconds', 'x'], /--seconds takes seconds/],
    [['--nonsense'], /nonsense/],
    [['memories'], /'memories' is not compare, memory or routing/],
  ]) {
    it(`refuses ${args.join(' ')} with what it takes`, () => assert.throws(() => parseBenchOptions(args), { message }))
  }

  it('reads cells and contact points', () => {
    assert.equal(cellName(parseCell('wide@16')), 'wide@16')
    assert.deepEqual(parseContactPoint('10.0.0.1'), { host: '10.0.0.1', port: 9042 })
    assert.deepEqual(parseContactPoint('node:9999'), { host: 'node', port: 9999 })
    assert.deepEqual(parseContactPoint('[::1]:9999'), { host: '::1', port: 9999 })
    assert.deepEqual(parseContactPoint('fe80::1'), { host: 'fe80::1', port: 9042 })
  })

  it('finds the cores that it may use', () => {
    assert.deepEqual(allowedCores('Cpus_allowed:\tff\nCpus_allowed_list:\t0-1,4\n'), [0, 1, 4])
    assert.deepEqual(allowedCores(''), [])
  })
})

describe('the figures of the benchmark', () => {
  it('are nearest-rank percentiles and medians', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
    assert.deepEqual([percentile(hundred, 50), percentile(hundred, 99), percentile([7], 50), percentile([], 50)], [50, 99, 7, null])
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5])
  })

  it('are ratios within a round, so that a slow round weighs on both sides', () => {
    const runs = [
      run(0, 'cqlwire', 2),
      run(0, 'cassandra-driver', 10),
      run(1, 'cqlwire', 6),
      run(1, 'cassandra-driver', 30),
      run(2, 'cqlwire', 2),
      run(2, 'cassandra-driver', 10),
    ]
    const [{ clients }] = summarize(runs, 'cassandra-driver')
    assert.deepEqual(
      clients.map(({ client, cpuRatio, cpuSecondsPerMillion }) => [client, cpuRatio, cpuSecondsPerMillion]),
      [
        ['cqlwire', 0.2, 2],
        ['cassandra-driver', 1, 10],
      ],
    )
    assert.match(comparisonText(summarize(runs, 'cassandra-driver'), 'cassandra-driver'), /cqlwire +5\.00 times less CPU/)
  })

  it('show a client that failed, and leave it out of the rest', () => {
    const cells = summarize([run(0, 'cqlwire', 2), run(0, 'cassandra-driver', 0, { report: null, error: 'it broke' })], 'cassandra-driver')
    assert.deepEqual(cells[0].failures, [{ client: 'cassandra-driver', error: 'it broke' }])
    assert.equal(cells[0].clients[0].cpuRatio, null)
    assert.match(comparisonText(cells, 'cassandra-driver'), /cassandra-driver failed: it broke/)
  })

  it('count the requests of the measured window only', () => {
    const load = new Load({ leastMs: 0, requests: 1_000 }, 0)
    load.chunkAnswered(1_000) // opens the window: what came before is warm-up
    load.chunkAnswered(7) // closes it
    assert.equal(load.stopped, true)
    assert.equal(load.result().requests, 7)
    assert.throws(() => new Load({ leastMs: 1, requests: 1 }, 1).result(), /ended before its measured window/)
  })

  it('compare the memory of the first quarter with that of the last', () => {
    const sample = (rows, rssMiB) => ({ rows, seconds: rows, rssMiB, heapMiB: rssMiB / 2 })
    const report = {
      stream: 'inserts',
      heldAtQuarterMiB: 10,
      heldAtEndMiB: 10.5,
      rows: 100,
      seconds: 1,
      samples: [sample(10, 80), sample(25, 90), sample(50, 200), sample(75, 95), sample(76, 92), sample(100, 99)],
    }
    assert.deepEqual(quarters(report), { firstRssMiB: 90, lastRssMiB: 99, firstHeapMiB: 45, lastHeapMiB: 49.5 })
    assert.match(memoryText(report), /10\.0 MiB after the first quarter, 10\.5 MiB at the end/)
    assert.match(memoryText(report), /90 MiB at most in the first quarter, 99 MiB in the last \(\+10 %\)/)
  })

  it('set what routing adds beside its bound', () => {
    const group = routingGroups.one
    const runs = group.cases.map(({ name }, index) => ({ ...run(0, name, 4 + index), cell: group.name }))
    const ring = (keyspaces, heldMiB) => ({ nodes: 1_000, keyspaces, readyMs: 200, filledMs: 400 + keyspaces * 20, heldMiB })
    const rings = { hostsMiB: 12, figures: [ring(1, 25), ring(20, 30)] }
    const text = routingText([{ ...group, ...summarize(runs, group.cases[0].name)[0] }], rings)
    assert.match(text, /one fixed host .* 1\.000 /)
    assert.match(text, /default policy, 3 nodes .* 1\.250 │ +1\.10 /)
    assert.match(text, /default policy, 1,000 nodes .* 1\.500 │ +1\.15 /)
    assert.match(text, /1,000 nodes, 20 keyspaces .* 800 │ 1\.905 │ 30\.0 │ 1\.200 │ 2\.0, 200 MB /)
  })

  it('are of rings whose tokens are all different', () => {
    const hosts = makeHosts(100, 'dc1')
    const tokens = hosts.flatMap((host) => host.tokens)
    assert.equal(new Set(tokens).size, 25_600)
    const low = tokens.filter((token) => token.startsWith('-')).length
    assert.ok(Math.abs(low - 12_800) < 400, `${low} of 25,600 are in the lower half`)
  })
})
