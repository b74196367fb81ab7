import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cityMap } from '../../../../dist/demo/report/city-map.js'
import { html, scriptJson } from '../../../../dist/demo/report/html.js'
import { reportPage } from '../../../../dist/demo/report/page.js'

const measured = {
  requests: 10,
  seconds: 2,
  requestsPerSecond: 5,
  cpuSeconds: 0.1,
  cpuSecondsPerMillion: 12.3,
  latencyMs: { p50: 0.4, p90: 1, p99: 2, p999: 3, max: 17 },
  rates: [[0.25, 1_234]],
}
const result = (ok) => ({
  cqlwire: '0.1.0',
  startedAt: '2026-11-22T00:00:00.000Z',
  seconds: 3,
  ok,
  data: { cities: 10, columns: 11, source: 'a <source>' },
  settings: { concurrency: 128, consistency: 'LOCAL_QUORUM', quick: false },
  server: {
    cassandra: '5.0.6',
    nodes: 1,
    replicas: 1,
    localDataCenter: "d'c</script>",
    contactPoints: ['127.0.0.1'],
    startedByDemo: false,
    protocol: 5,
  },
  machine: { node: '20', platform: 'linux x64', cpu: 'a cpu', cores: 2 },
  patterns: [
    {
      name: 'a',
      title: 'a </script> pattern',
      code: 'a < b',
      table: 't',
      rows: 10,
      sample: true,
      write: measured,
      read: { ...measured, rates: [] },
      check: {
        equalRows: ok ? 10 : 9,
        differentRows: ok ? 0 : 1,
        missingRows: 0,
        rowsInTable: 10,
        differences: ok ? [] : [{ id: 3, field: 'name', expected: '"<b>"', actual: 'null' }],
      },
    },
  ],
  report: 'x.html',
})

/** What a script of the page gets as its data. */
const dataOf = (page) => JSON.parse(/;const report = (.*);\n/.exec(page)[1])

describe("the demo's report", () => {
  it('is one file that asks no other place for anything', async () => {
    const page = await reportPage(result(true), cityMap([]))
    assert.doesNotMatch(page, /<(?:script|img|link|iframe)[^>]+(?:src|href)=/i)
    assert.doesNotMatch(/<style>([^]*)<\/style>/.exec(page)[1], /@import|url\(/i)
    assert.match(page, /Chart\.js v\d/)
    assert.equal(page.match(/<\/script>/g).length, 1)
  })

  it('escapes what comes from outside', async () => {
    const page = await reportPage(result(true), cityMap([]))
    assert.match(page, /a &lt;source&gt;/)
    assert.match(page, /d&#39;c&lt;\/script&gt;/)
    assert.equal(dataOf(page).bars.rate.labels[0], 'a </script> pattern')
    assert.equal(html(`<&>"'`), '&lt;&amp;&gt;&quot;&#39;')
    assert.equal(scriptJson({ a: '</script>\u2028' }), '{"a":"\\u003c/script>\\u2028"}')
  })

  it('shows which row differs', async () => {
    const page = await reportPage(result(false), cityMap([]))
    assert.match(page, /What was read is not what was written/)
    assert.match(page, /id 3, name: written <code>&quot;&lt;b&gt;&quot;<\/code>, read <code>null<\/code>/)
  })

  it('gives charts of the same measure the same scale, with ends of 1, 2 or 5 where it is logarithmic', async () => {
    const { lines } = dataOf(await reportPage(result(true), cityMap([])))
    assert.deepEqual([lines['latency-write'].min, lines['latency-write'].max], [0.2, 20])
    assert.deepEqual([lines['latency-read'].min, lines['latency-read'].max], [0.2, 20])
    assert.equal(lines['over-time-write'].max, 1_500)
    assert.deepEqual(lines['over-time-read'].series[0].data, [])
  })

  it('draws each city in the cell of its place', () => {
    const map = cityMap([
      { latitude: 0.1, longitude: 0.1 },
      { latitude: 0.4, longitude: 0.4 },
      { latitude: 0.1, longitude: 180 },
      { latitude: -77, longitude: 166 },
    ])
    const row = 179 // half degrees from the north pole
    assert.deepEqual(map.cells, [row * 720 + 360, 2, 359, 1])
  })
})
