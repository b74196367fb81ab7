/** The parts of the report's page that are text: the verdict, the figures, the patterns, the circumstances. */
import type { Measurement } from '../meter.js'
import { count, measure } from '../numbers.js'
import { isRight, type DemoResult, type PatternResult } from '../results.js'
import { verdict } from '../results-table.js'
import { html } from './html.js'

export function verdictBox(result: DemoResult): string {
  const compared = count(result.patterns.reduce((sum, pattern) => sum + pattern.rows, 0))
  if (result.ok) {
    return `<div class="verdict"><strong>Everything read equals what was written.</strong> ${compared} rows of ${result.data.columns} columns were written and read back, and every field was compared.</div>`
  }
  const wrong = result.patterns.filter((pattern) => !isRight(pattern.rows, pattern.check))
  return `<div class="verdict bad"><strong>What was read is not what was written.</strong> ${compared} rows were compared.
<ul>${wrong.map(failure).join('\n')}</ul></div>`
}

function failure(pattern: PatternResult): string {
  const examples = pattern.check.differences.map(
    ({ id, field, expected, actual }) =>
      `<li>id ${id}, ${html(field)}: written <code>${html(expected)}</code>, read <code>${html(actual)}</code></li>`,
  )
  return `<li>${html(pattern.title)}: ${html(verdict(pattern))}<ul>${examples.join('\n')}</ul></li>`
}

export function resultRows({ patterns }: DemoResult): string {
  return patterns.map(rowsOf).join('\n')
}

function rowsOf(pattern: PatternResult): string {
  const good = isRight(pattern.rows, pattern.check)
  const rows = `${count(pattern.rows)}${pattern.sample ? ' *' : ''}`
  return `<tbody>
<tr><td class="text pattern" rowspan="2">${breakable(pattern.title)}</td><td rowspan="2">${rows}</td><td class="text">write</td>${cells(pattern.write)}<td class="text ${good ? 'good' : 'bad'}" rowspan="2">${html(verdict(pattern))}</td></tr>
<tr><td class="text">read</td>${cells(pattern.read)}</tr>
</tbody>`
}

/** Lets a narrow screen break a long name between its words. */
const breakable = (title: string): string => html(title).replace(/([a-z])([A-Z])/g, '$1<wbr>$2')

function cells(measured: Measurement): string {
  const { latencyMs } = measured
  const values = [
    measure(measured.seconds),
    count(measured.requestsPerSecond),
    measure(latencyMs.p50),
    measure(latencyMs.p99),
    measure(measured.cpuSecondsPerMillion),
  ]
  return values.map((value) => `<td>${value}</td>`).join('')
}

export function codeOfPatterns({ patterns }: DemoResult): string {
  return patterns.map(({ title, code }) => `<div><p>${html(title)}</p><pre>${html(code)}</pre></div>`).join('\n')
}

export function facts({ server, machine, settings, data, cqlwire }: DemoResult): string {
  const entries: [string, string][] = [
    ['Driver', `cqlwire ${cqlwire}`],
    [
      'Server',
      `Apache Cassandra ${server.cassandra}, ${server.nodes} node${server.nodes === 1 ? '' : 's'}, ${server.startedByDemo ? 'started by the demo on this machine' : 'running before'}`,
    ],
    ['Contact points', server.contactPoints.join(', ')],
    ['Data centre', `${server.localDataCenter}, ${server.replicas} cop${server.replicas === 1 ? 'y' : 'ies'} of each row`],
    ['Protocol', `v${server.protocol}`],
    ['Consistency', settings.consistency],
    ['In flight', `${settings.concurrency} requests at most`],
    [
      'Rows',
      `${count(data.cities)} cities, ${data.columns} columns (int, text, boolean, bigint, uuid, timestamp, map, set, user-defined type)`,
    ],
    ['Client', `Node.js ${machine.node}, ${machine.platform}`],
    [
      'Machine',
      `${machine.cpu}, ${machine.cores} core${machine.cores === 1 ? '' : 's'}${server.startedByDemo ? ', shared by client and server' : ''}`,
    ],
  ]
  return `<dl class="facts">${entries.map(([name, value]) => `<dt>${html(name)}</dt><dd>${html(value)}</dd>`).join('')}</dl>`
}
