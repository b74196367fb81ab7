/** The HTML report: one file with its styles, its data and the chart library in it, so that it shows without a network. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { count, measure } from '../numbers.js'
import type { DemoResult } from '../results.js'
import { chartData } from './chart-data.js'
import type { CityMap } from './city-map.js'
import { html, scriptJson } from './html.js'
import { codeOfPatterns, facts, resultRows, verdictBox } from './sections.js'

const assets = new URL('../../../assets/demo-report/', import.meta.url)

export async function reportPage(result: DemoResult, map: CityMap): Promise<string> {
  const [style, charts, library] = await Promise.all([
    readFile(new URL('style.css', assets), 'utf8'),
    readFile(new URL('charts.js', assets), 'utf8'),
    readFile(chartLibrary(), 'utf8'),
  ])
  const script = `${library}\n;const report = ${scriptJson(chartData(result, map))};\n${charts}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cqlwire demo: ${html(count(result.data.cities))} cities</title>
<style>
${style}</style>
</head>
<body>
<main>
${body(result)}
</main>
<script>
${script.replaceAll('</script', '<\\/script')}
</script>
</body>
</html>
`
}

/** The build of Chart.js that a page loads as it is. */
function chartLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('chart.js')
  return join(dirname(entry), 'chart.umd.min.js')
}

function body(result: DemoResult): string {
  const { server, data } = result
  return `<h1>cqlwire demo: the cities of the world in every request pattern</h1>
<p class="muted">${html(new Date(result.startedAt).toUTCString())} · Apache Cassandra ${html(server.cassandra)}, protocol v${server.protocol} · ${html(measure(result.seconds))} s in all</p>
${verdictBox(result)}
<div class="grid">
${tableCard(result)}
${chartCard('rate', 'Rows per second', 'One request writes or reads one row. More is better.')}
${chartCard('cpu', 'CPU-seconds per million requests', 'User and system time of the client process, all its threads, without the server. Less is better.')}
${chartCard('latency-write', 'Latency of writes', "From sending to the result in the program's hands. Less is better.")}
${chartCard('latency-read', 'Latency of reads', 'The same for reads, on the same scale as the writes.')}
${chartCard('over-time-write', 'Writes over time', 'Rows per second, averaged over a quarter of a second or more.')}
${chartCard('over-time-read', 'Reads over time', 'The same for reads, on the same scale as the writes.')}
<section class="card wide"><h2>What was read</h2>
<p class="muted">The ${html(count(data.cities))} cities, each drawn at the place that came back from Cassandra.</p>
<div class="chart map"><canvas id="map" role="img" aria-label="Map of the cities that were read"></canvas></div></section>
<section class="card wide"><h2>The run</h2>${facts(result)}</section>
<section class="card wide"><h2>The patterns</h2><div class="patterns">${codeOfPatterns(result)}</div></section>
</div>
<footer><p>${html(data.source)}. Charts: Chart.js (MIT licence), in this file. Written by cqlwire ${html(result.cqlwire)}.</p></footer>`
}

function tableCard(result: DemoResult): string {
  const heads = ['seconds', 'rows/s', 'p50 ms', 'p99 ms', 'CPU-s per million']
  return `<section class="card wide"><h2>Figures</h2>
<div class="scroll"><table>
<thead><tr><th class="text">pattern</th><th>rows</th><th class="text"></th>${heads.map((head) => `<th>${head}</th>`).join('')}<th class="text">check</th></tr></thead>
${resultRows(result)}
</table></div>
${result.patterns.some(({ sample }) => sample) ? '<p class="muted">* one request at a time, so on a part of the rows.</p>' : ''}
<p class="muted">Patterns that take their results in order count the time that a result waits for those before it.</p></section>`
}

function chartCard(id: string, title: string, explanation: string): string {
  return `<section class="card"><h2>${html(title)}</h2><p class="muted">${html(explanation)}</p><div class="chart"><canvas id="${id}" role="img" aria-label="${html(title)}"></canvas></div></section>`
}
