/** The soak as a page: one file with its data and the chart library in it, so that it shows without a network. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Sample } from './sampler.js'
import { curveText, soakText } from './text.js'
import type { SoakResult } from './run-soak.js'
import type { SoakVerdict } from './verdict.js'

interface Line {
  readonly label: string
  readonly color: string
  readonly points: readonly (readonly [number, number])[]
  /** Single points instead of a line. */
  readonly marks?: boolean
}

interface Chart {
  readonly title: string
  readonly unit: string
  readonly lines: readonly Line[]
}

const COLORS = ['#0f6fb8', '#c2410c', '#15803d', '#7c3aed']

function chartsOf({ samples, disturbances }: SoakResult): readonly Chart[] {
  const line = (label: string, color: number, y: (sample: Sample) => number | null): Line => ({
    label,
    color: COLORS[color]!,
    points: samples.flatMap((sample) => {
      const value = y(sample)
      return value === null ? [] : [[Number((sample.seconds / 60).toFixed(3)), Number(value.toFixed(3))] as const]
    }),
  })
  const restarts = disturbances.filter(({ kind }) => kind === 'restart').map(({ seconds }) => [seconds / 60, 0] as const)
  return [
    {
      title: 'Memory',
      unit: 'MiB',
      lines: [
        line('resident (RSS)', 0, (sample) => sample.rssMiB),
        line('heap in use', 1, (sample) => sample.heapMiB),
        line('heap after a full collection', 2, (sample) => sample.collectedHeapMiB),
      ],
    },
    {
      title: 'Handles',
      unit: 'open',
      lines: [
        line('sockets', 0, (sample) => sample.sockets),
        line('timers', 1, (sample) => sample.timers),
        line('file descriptors', 2, (sample) => sample.fileDescriptors),
      ],
    },
    {
      title: 'Event-loop delay',
      unit: 'ms',
      lines: [line('median', 0, (sample) => sample.loopDelayMs.p50), line('99th percentile', 1, (sample) => sample.loopDelayMs.p99)],
    },
    {
      title: 'Requests',
      unit: 'a second',
      lines: [
        line('answered', 0, (sample) => sample.requestsPerSecond),
        line('jobs that ended in an error', 1, (sample) => sample.errorsPerSecond),
        { label: 'node killed and started', color: COLORS[3]!, points: restarts, marks: true },
      ],
    },
  ]
}

export async function soakPage(result: SoakResult, verdict: SoakVerdict, machine: string): Promise<string> {
  const library = await readFile(join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js'), 'utf8')
  const charts = chartsOf(result)
  const title = `cqlwire soak: ${result.minutes} minutes`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2937; background: #f8fafc; margin: 0 auto; max-width: 1180px; padding: 24px 20px }
h1 { font-size: 24px; margin: 0 }
h2 { font-size: 16px; margin: 0 0 6px }
p.muted { color: #64748b; margin: 4px 0 16px }
.verdict { border-left: 5px solid ${verdict.isWell ? '#15803d' : '#b91c1c'}; background: #fff; padding: 10px 16px; margin-bottom: 16px }
.verdict ul { margin: 6px 0 0; padding-left: 20px }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); gap: 16px }
.card { background: #fff; border: 1px solid #e2e8f0; border-radius: 6px; padding: 14px 16px; min-width: 0 }
.chart { position: relative; height: 260px }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12.5px; margin: 0 }
@media (max-width: 520px) { .grid { grid-template-columns: 1fr } }
</style>
</head>
<body>
<h1>${title}</h1>
<p class="muted">${result.startedAt.toUTCString()} · Apache Cassandra ${escaped(result.cassandra)} · ${escaped(machine)}</p>
<div class="verdict"><strong>${verdict.isWell ? 'Flat: nothing grows, nothing is lost, nothing left.' : 'Not well.'}</strong>
<ul>${verdict.curves.map((curve) => `<li>${escaped(curveText(curve))}</li>`).join('\n')}</ul></div>
<div class="grid">
${charts.map(({ title: name }, i) => `<section class="card"><h2>${name}</h2><div class="chart"><canvas id="chart${i}" role="img" aria-label="${name}"></canvas></div></section>`).join('\n')}
</div>
<section class="card" style="margin-top: 16px"><h2>Figures</h2><pre>${escaped(soakText(result, verdict).trim())}</pre></section>
<p class="muted">Charts: Chart.js (MIT licence), in this file.</p>
<script>${library.replaceAll('</script', '<\\/script')}</script>
<script>
const charts = ${JSON.stringify(charts).replaceAll('<', '\\u003c')}
${DRAW}
</script>
</body>
</html>
`
}

/** Runs in the page. */
const DRAW = `for (const [i, { unit, lines }] of charts.entries()) {
  new Chart(document.getElementById('chart' + i), {
    type: 'line',
    data: { datasets: lines.map(({ label, color, points, marks }) => ({
      label, data: points.map(([x, y]) => ({ x, y })), borderColor: color, backgroundColor: color,
      borderWidth: 1.5, pointRadius: marks ? 5 : 0, showLine: !marks, pointStyle: marks ? 'triangle' : 'circle',
    })) },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, interaction: { mode: 'nearest', intersect: false },
      plugins: { legend: { position: 'bottom', labels: { boxWidth: 14, boxHeight: 3 } } },
      scales: {
        x: { type: 'linear', min: 0, title: { display: true, text: 'minutes' } },
        y: { beginAtZero: true, title: { display: true, text: unit } },
      },
    },
  })
}`

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
