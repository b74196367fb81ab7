import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parseBenchOptions } from '../dist/bench-options.js'
import { parseCell } from '../dist/cells.js'
import { allClients } from '../dist/clients/all-clients.js'
import { filled } from '../dist/docs/section.js'
import { sections } from '../dist/docs/sections.js'
import { Load } from '../dist/measuring/load.js'
import { median } from '../dist/measuring/median.js'
import { memoryText, quarters } from '../dist/memory/memory-text.js'
import { allowedCores } from '../dist/pinning.js'
import { fullPlan, measurementsOf, quickPlan } from '../dist/plan.js'
import { ownTimes } from '../dist/profile.js'
import { reportPage } from '../dist/report/page.js'
import { boundsOf } from '../dist/results/bounds.js'
import { ratioOf, summarize } from '../dist/results/summary.js'
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
  disturbed: false,
  report: {
    requests: 1,
    seconds: 1,
    requestsPerSecond: 100 / cpu,
    cpuUserSeconds: 1,
    cpuSystemSeconds: 1,
    cpuSecondsPerMillion: cpu,
    p50Ms: 1,
    p99Ms: 2,
    p999Ms: 3,
    othersBusy: 0,
    slowness: 1,
    version: '1.0',
    protocol: 5,
    peakRssMiB: 80,
  },
  ...more,
})

const resultOf = (runs) => {
  const cells = summarize(runs, 'cassandra-driver')
  const clients = [...new Set(runs.map(({ client }) => client))]
  const environment = { date: '2026-11-23 00:00 UTC', node: '20.0.0', platform: '', cpu: '', cores: 2, memoryGiB: 1, revision: null }
  return {
    ...{ mode: 'compare', server: 'a server', place: 'not pinned', rounds: 1, windowSeconds: 1, baseline: 'cassandra-driver' },
    ...{ environment, cells, bounds: boundsOf(runs, cells), leftOut: [], runs },
    groups: [{ title: 'All', about: 'Everything.', cells: cells.map(({ cell }) => cell), clients }],
  }
}

describe('the command line of the benchmark', () => {
  it('compares every client against the fast server where nothing else is said', () => {
    const options = parseBenchOptions([])
    assert.equal(options.mode, 'compare')
    assert.deepEqual(options.server, { kind: 'fast' })
    assert.deepEqual([options.groups, options.isFull, options.rounds], [fullPlan, true, 3])
    const planned = new Set(measurementsOf(fullPlan).map(({ client }) => client))
    const needless = ['cassandra-driver-concurrent', 'python-concurrent'] // beside the cheaper pattern of the same driver
    assert.deepEqual(
      Object.keys(allClients).filter((name) => !planned.has(name)),
      needless,
    )
    assert.equal(parseBenchOptions(['--help']), null)
  })

  it('measures what is named, once, and only what a client can do', () => {
    assert.deepEqual(parseBenchOptions(['--quick']).groups, quickPlan)
    const { groups, isFull } = parseBenchOptions(['--clients', 'floor-decoded,cassandra-driver', '--cells', 'insert@1,select1@1+v5'])
    assert.equal(isFull, false)
    assert.deepEqual(
      measurementsOf([...groups, ...groups]).map(({ client, cell }) => `${client} ${cell.name}`),
      ['cassandra-driver insert@1', 'floor-decoded select1@1+v5'],
    )
    assert.deepEqual(parseBenchOptions(['--against', 'HEAD']).groups[0].clients, ['cqlwire'])
    assert.equal(parseBenchOptions(['--cpu-prof']).mode, 'profile')
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
    [['--server', 'slow'], /--server takes fast or embedded, got 'slow'/],
    [['--runtimes', 'perl'], /--runtimes takes node20 \(any number\), bun, deno, got 'perl'/],
    [['--cells', 'select1@8+gzip'], /'\+gzip' is none of \+v3/],
    [['docs'], /docs takes the file of a result/],
    [['--server', 'fast', '--contact-points', 'a'], /give one of them/],
    [['--seconds', 'x'], /--seconds takes seconds/],
    [['--nonsense'], /nonsense/],
    [['memories'], /'memories' is none of compare/],
  ]) {
    it(`refuses ${args.join(' ')} with what it takes`, () => assert.throws(() => parseBenchOptions(args), { message }))
  }

  it('reads cells and contact points', () => {
    const { workload, inFlight, perSecond, protocol, lz4, tls } = parseCell('wide@16+v5+lz4')
    assert.deepEqual([workload.name, inFlight, perSecond, protocol, lz4, tls], ['wide', 16, null, 5, true, false])
    assert.deepEqual([parseCell('insert@20000/s').perSecond, parseCell('insert@20000/s').inFlight], [20_000, 0])
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

describe('the performance notes', () => {
  const page = 'before\n<!-- bench:peers -->\nold\n<!-- /bench:peers -->\nafter'

  it('get the tables and charts of a result between their markers, and nothing else changes', () => {
    const chart = { title: 'A chart', about: 'of things', unit: '', bars: [] }
    const filledPage = filled(page, [{ name: 'peers', markdown: '| new |', charts: [{ name: 'select1', chart }] }])
    assert.equal(
      filledPage,
      'before\n<!-- bench:peers -->\n\n| new |\n\n![A chart: of things](performance/select1.svg)\n\n<!-- /bench:peers -->\nafter',
    )
    assert.equal(filled(page, [{ name: 'peers', markdown: null, charts: [] }]), page)
    assert.throws(() => filled(page, [{ name: 'lost', markdown: '', charts: [] }]), /no place for 'lost'/)
  })

  it('have a place for every section that a result makes', () => {
    const notes = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
    const result = resultOf([run(0, 'cqlwire', 2), run(0, 'cassandra-driver', 10)])
    const made = sections({ ...result, groups: [{ ...result.groups[0], title: 'Side by side' }] })
    assert.match(filled(notes, made), /\| cqlwire 1\.0 \| 2\.00 \|\n\| cassandra-driver 1\.0 \| 10\.0 \|/)
  })
})

describe('the figures of the benchmark', () => {
  it('are medians', () => assert.deepEqual([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5]))

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
    assert.match(comparisonText(resultOf(runs)), /cqlwire 1\.0 .* 2\.00 .* 0\.200 /)
  })

  it('show a client that failed, and leave it out of the rest', () => {
    const cells = summarize([run(0, 'cqlwire', 2), run(0, 'cassandra-driver', 0, { report: null, error: 'it broke' })], 'cassandra-driver')
    assert.deepEqual(cells[0].failures, [{ client: 'cassandra-driver', error: 'it broke' }])
    assert.equal(cells[0].clients[0].cpuRatio, null)
    const result = resultOf([run(0, 'cqlwire', 2), run(0, 'cassandra-driver', 0, { report: null, error: 'it broke' })])
    assert.match(comparisonText(result), /cassandra-driver failed: it broke/)
    assert.match(reportPage(result), /cassandra-driver failed: it broke/)
  })

  it('leave out disturbed runs where there are calm ones, and say so where there are none', () => {
    const disturbed = (round, client, cpu) => run(round, client, cpu, { disturbed: true })
    const [{ clients }] = summarize([run(0, 'cqlwire', 2), disturbed(1, 'cqlwire', 9), disturbed(0, 'floor', 1)], 'floor')
    assert.deepEqual(
      clients.map((summary) => [summary.client, summary.cpuSecondsPerMillion, summary.runs, summary.disturbed]),
      [
        ['floor', 1, 1, true],
        ['cqlwire', 2, 1, false],
      ],
    )
    const apart = [run(0, 'cqlwire', 2), disturbed(0, 'floor', 9), run(1, 'floor', 1)]
    assert.equal(
      ratioOf(apart, { client: 'cqlwire' }, { client: 'floor' }, (report) => report.cpuSecondsPerMillion),
      2,
    )
  })

  it('stand beside what the driver is held to', () => {
    const runs = [run(0, 'cqlwire', 3), run(0, 'floor-decoded', 2), run(0, 'cassandra-driver', 10)]
    const bounds = boundsOf(runs, summarize(runs, 'cassandra-driver'))
    const [select] = bounds
    assert.deepEqual([select.measured, select.must, select.verdict], [1.5, 2, 'met'])
    assert.deepEqual([bounds[1].measured, bounds[1].verdict], [null, 'not measured'])
    assert.match(bounds.at(-1).what, /the worst of 1 cells, select1@128/)
    const workers = [run(0, 'cqlwire-parallel-map-1', 2), run(0, 'cqlwire-parallel-map-2', 1.6)]
    const parallel = boundsOf(workers, []).find(({ what }) => what.startsWith('two parallel workers'))
    assert.deepEqual([parallel.measured, parallel.verdict], [1.25, 'missed'])
  })

  it('make a page that needs nothing else, whatever the names', () => {
    const page = reportPage(resultOf([run(0, 'cqlwire', 2), run(0, 'cqlwire, <b>', 3)]))
    assert.match(page, /<svg [^]*cqlwire, &lt;b&gt;[^]*<\/svg>/)
    assert.doesNotMatch(page, /<script|<link|src=|url\(|<b>cqlwire/)
  })

  it('add up the own time of functions, without the time in which nothing ran', () => {
    const frame = (id, functionName) => ({ id, callFrame: { functionName, url: 'file:///a/b/c.js', lineNumber: 9 } })
    const profile = {
      nodes: [frame(1, 'read'), frame(2, '(idle)'), frame(3, 'read')],
      samples: [1, 2, 3, 1],
      timeDeltas: [10, 500, 20, 10],
    }
    profile.nodes[1].callFrame.url = ''
    assert.deepEqual(ownTimes(profile), [{ name: 'read  b/c.js:10', share: 1 }])
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
