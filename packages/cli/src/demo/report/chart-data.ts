/** The figures of a run in the form that the report's charts take (assets/demo-report/charts.js). */
import type { Measurement } from '../meter.js'
import type { DemoResult, PatternResult } from '../results.js'
import type { CityMap } from './city-map.js'

/** Two bars for each pattern. */
interface BarChart {
  readonly labels: readonly string[]
  readonly write: readonly number[]
  readonly read: readonly number[]
  readonly unit: string
}

/** A line for each pattern. With `percentiles` the x values are their names, in order; else they are numbers. */
interface LineChart {
  readonly series: readonly {
    readonly label: string
    readonly pattern: number
    readonly data: readonly { x: number | string; y: number }[]
  }[]
  readonly x: string
  readonly y: string
  readonly unit: string
  readonly percentiles?: readonly string[]
  readonly logarithmic?: boolean
  /** The ends of the upward scale: the same for writes and reads, so that the eye may compare them. */
  readonly min: number
  readonly max: number
}

/** By the id of the canvas. */
export interface ReportData {
  readonly bars: Readonly<Record<string, BarChart>>
  readonly lines: Readonly<Record<string, LineChart>>
  readonly map: CityMap
}

export function chartData({ patterns }: DemoResult, map: CityMap): ReportData {
  return {
    bars: {
      rate: bars(patterns, 'rows per second', (measured) => measured.requestsPerSecond),
      cpu: bars(patterns, 'CPU-seconds per million requests', (measured) => measured.cpuSecondsPerMillion),
    },
    lines: {
      'latency-write': latencies(patterns, (pattern) => pattern.write),
      'latency-read': latencies(patterns, (pattern) => pattern.read),
      'over-time-write': overTime(patterns, (pattern) => pattern.write),
      'over-time-read': overTime(patterns, (pattern) => pattern.read),
    },
    map,
  }
}

function bars(patterns: readonly PatternResult[], unit: string, value: (measured: Measurement) => number): BarChart {
  return {
    labels: patterns.map(({ title }) => title),
    write: patterns.map(({ write }) => rounded(value(write))),
    read: patterns.map(({ read }) => rounded(value(read))),
    unit,
  }
}

const percentiles = ['p50', 'p90', 'p99', 'p99.9', 'max'] as const

function latencies(patterns: readonly PatternResult[], of: (pattern: PatternResult) => Measurement): LineChart {
  const series = patterns.map((pattern, index) => {
    const { p50, p90, p99, p999, max } = of(pattern).latencyMs
    const data = [p50, p90, p99, p999, max].map((y, at) => ({ x: percentiles[at]!, y: rounded(y) }))
    return { label: pattern.title, pattern: index, data }
  })
  const all = patterns.flatMap(({ write, read }) => [write.latencyMs, read.latencyMs])
  const min = oneTwoFive(Math.min(1, ...all.map(({ p50 }) => p50)), Math.floor)
  const max = oneTwoFive(Math.max(1, ...all.map((found) => found.max)), Math.ceil)
  return {
    series,
    min,
    max,
    x: 'percentile',
    y: 'milliseconds (logarithmic)',
    unit: 'ms',
    percentiles,
    logarithmic: true,
  }
}

/** Points of the longest line: more than that is noise to the eye. */
const mostPoints = 40
const leastSecondsPerPoint = 0.25

function overTime(patterns: readonly PatternResult[], of: (pattern: PatternResult) => Measurement): LineChart {
  const seconds = Math.max(...patterns.flatMap(({ write, read }) => [write.seconds, read.seconds]))
  const secondsPerPoint = Math.max(leastSecondsPerPoint, seconds / mostPoints)
  const lines = (measured: Measurement): { x: number; y: number }[] => averaged(measured.rates, secondsPerPoint)
  const series = patterns.map((pattern, index) => ({ label: pattern.title, pattern: index, data: lines(of(pattern)) }))
  const highest = patterns.flatMap(({ write, read }) => [...lines(write), ...lines(read)]).reduce((most, { y }) => Math.max(most, y), 1)
  return { series, min: 0, max: roundedUp(highest), x: 'seconds since the start of the phase', y: 'rows per second', unit: 'rows/s' }
}

/** Samples put together to points of at least so many seconds; a point stands in the middle of its time. */
function averaged(rates: Measurement['rates'], secondsPerPoint: number): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = []
  let from = 0
  let last = 0
  let requests = 0
  for (const [index, [second, rate]] of rates.entries()) {
    requests += rate * (second - last)
    last = second
    if (second - from < secondsPerPoint && (index < rates.length - 1 || points.length > 0)) continue
    points.push({ x: rounded((from + second) / 2), y: Math.round(requests / (second - from)) })
    from = second
    requests = 0
  }
  return points
}

const rounded = (value: number): number => Number(value.toPrecision(4))

/** The next multiple of half a power of ten: where an axis may end. */
function roundedUp(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value)) / 2
  return Math.ceil(value / step) * step
}

/** The nearest of 1, 2, 5 times a power of ten that is not above (`Math.floor`) or not below (`Math.ceil`) the value: where a logarithmic axis may end. */
function oneTwoFive(value: number, toward: (value: number) => number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const steps = [1, 2, 5, 10].map((step) => rounded(step * power))
  return toward === Math.floor ? steps.findLast((step) => step <= value)! : steps.find((step) => step >= value)!
}
