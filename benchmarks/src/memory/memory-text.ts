/** The memory of a stream as text: the peak of each tenth of the rows as a bar, and the first quarter against the last. */
import { count, measure } from '../results/numbers.js'
import type { MemoryReport, Sample } from './memory-job.js'

/** Peaks in MiB. */
export interface Quarters {
  readonly firstRssMiB: number
  readonly lastRssMiB: number
  readonly firstHeapMiB: number
  readonly lastHeapMiB: number
}

export function quarters(report: MemoryReport): Quarters {
  const first = part(report, 0, 1 / 4)
  const last = part(report, 3 / 4, 1)
  return {
    firstRssMiB: peak(first, 'rssMiB'),
    lastRssMiB: peak(last, 'rssMiB'),
    firstHeapMiB: peak(first, 'heapMiB'),
    lastHeapMiB: peak(last, 'heapMiB'),
  }
}

const titles = { inserts: 'executeConcurrentWithArgs(), inserts', iterate: 'iterate(), rows read' } as const
const parts = 10
const barWidth = 40

export function memoryText(report: MemoryReport): string {
  const peaks = Array.from({ length: parts }, (_, index) => peak(part(report, index / parts, (index + 1) / parts), 'rssMiB'))
  const most = Math.max(...peaks)
  const lines = peaks.map((value, index) => {
    const upTo = count((report.rows * (index + 1)) / parts).padStart(11)
    return `  ${upTo} rows  ${'█'.repeat(Math.round((value / most) * barWidth)).padEnd(barWidth)} ${count(value)} MiB`
  })
  const { firstRssMiB, lastRssMiB, firstHeapMiB, lastHeapMiB } = quarters(report)
  return [
    `\n${titles[report.stream]}: ${count(report.rows)} in ${measure(report.seconds)} s; peak resident set by tenth of the rows`,
    ...lines,
    `  resident set: ${count(firstRssMiB)} MiB at most in the first quarter, ${count(lastRssMiB)} MiB in the last (${change(firstRssMiB, lastRssMiB)})`,
    `  heap in use:  ${count(firstHeapMiB)} MiB at most in the first quarter, ${count(lastHeapMiB)} MiB in the last (${change(firstHeapMiB, lastHeapMiB)})`,
    `  held after a full collection: ${measure(report.heldAtQuarterMiB)} MiB after the first quarter, ${measure(report.heldAtEndMiB)} MiB at the end`,
  ].join('\n')
}

function change(before: number, after: number): string {
  const percent = Math.round((after / before - 1) * 100)
  return `${percent > 0 ? '+' : ''}${percent} %`
}

function part({ rows, samples }: MemoryReport, from: number, to: number): Sample[] {
  return samples.filter((sample) => sample.rows > rows * from && sample.rows <= rows * to)
}

/** NaN where a part has no sample. */
const peak = (samples: readonly Sample[], field: 'rssMiB' | 'heapMiB'): number =>
  samples.length === 0 ? Number.NaN : Math.max(...samples.map((sample) => sample[field]))
