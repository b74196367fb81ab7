/**
 * Horizontal bars as SVG: one drawing for the report's page and for the documentation, where a picture can't run a program.
 * Its colours follow the reader's dark or light scheme.
 */
import { html } from './html.js'

export interface Bar {
  readonly label: string
  readonly value: number
  /** What stands beside the bar. */
  readonly text: string
  readonly kind: 'own' | 'floor' | 'peer'
}

export interface BarChart {
  readonly title: string
  /** What the figures are of, in a line. */
  readonly about: string
  /** What a bar's length is. */
  readonly unit: string
  readonly bars: readonly Bar[]
}

const width = 720
const labelWidth = 220
const valueWidth = 92
const barHeight = 18
const rowHeight = 26
const top = 52
const bottom = 26
const characterWidth = 6.6

/** Where the longest bar is so many times the shortest, lengths are logarithmic: small bars are what is compared. */
const logarithmicFrom = 40

export function barChart({ title, about, unit, bars }: BarChart): string {
  const height = top + bars.length * rowHeight + bottom
  const scale = scaleOf(bars.map(({ value }) => value))
  const rows = bars.map((bar, index) => row(bar, top + index * rowHeight, scale))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${html(title)}" class="bars">
<style>${style}</style>
<rect class="back" width="${width}" height="${height}" rx="6"/>
<text class="title" x="14" y="24">${html(title)} <tspan class="unit" dx="6">${html(unit)}${scale.isLogarithmic ? '; logarithmic' : ''}</tspan></text>
<text class="unit" x="14" y="42">${html(about)}</text>
${[...scale.ticks.map((tick) => line(tick, height, scale)), ...rows].join('\n')}
</svg>
`
}

interface Scale {
  readonly isLogarithmic: boolean
  readonly ticks: readonly number[]
  /** Pixels from where bars begin. */
  length(value: number): number
}

function scaleOf(values: readonly number[]): Scale {
  const room = width - labelWidth - valueWidth
  const most = Math.max(...values)
  const least = Math.min(...values)
  if (most / least < logarithmicFrom) {
    const step = niceStep(most / 4)
    const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step)
    return { isLogarithmic: false, ticks, length: (value) => (value / most) * room }
  }
  const from = Math.floor(Math.log10(least))
  const decades = Math.log10(most) - from
  const ticks = Array.from({ length: Math.floor(decades) + 1 }, (_, at) => 10 ** (from + at))
  return { isLogarithmic: true, ticks, length: (value) => ((Math.log10(value) - from) / decades) * room }
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power
}

const at = (value: number): string => value.toFixed(1)

function line(tick: number, height: number, scale: Scale): string {
  const x = at(labelWidth + scale.length(tick))
  const label = tick === 0 ? '0' : Number(tick.toPrecision(3)).toLocaleString('en-US')
  return `<line class="grid" x1="${x}" x2="${x}" y1="${top - 4}" y2="${height - bottom}"/><text class="tick" x="${x}" y="${height - 9}">${label}</text>`
}

function row({ label, value, text, kind }: Bar, y: number, scale: Scale): string {
  const length = Math.max(2, scale.length(value))
  const middle = y + barHeight / 2 + 4.5
  const most = Math.floor((labelWidth - 20) / characterWidth)
  const short = label.length > most ? `${label.slice(0, most - 1)}…` : label
  return (
    `<text class="label ${kind}" x="${labelWidth - 8}" y="${middle}">${html(short)}</text>` +
    `<rect class="bar ${kind}" x="${labelWidth}" y="${y}" width="${at(length)}" height="${barHeight}" rx="2"/>` +
    `<text class="value" x="${at(labelWidth + length + 6)}" y="${middle}">${html(text)}</text>`
  )
}

const style = `
.bars { font: 12px system-ui, sans-serif; --ink: #1c2430; --soft: #5b6675; --back: #ffffff; --line: #e3e7ec; --own: #2563c9; --floor: #8a94a3; --peer: #d98a2b; }
@media (prefers-color-scheme: dark) { .bars { --ink: #e7ecf3; --soft: #9aa6b6; --back: #161b22; --line: #2b333e; --own: #5b9bff; --floor: #78838f; --peer: #e0a04c; } }
.bars .back { fill: var(--back); } .bars text { fill: var(--ink); }
.bars .title { font-size: 14px; font-weight: 600; } .bars .unit, .bars .tick { fill: var(--soft); font-size: 11px; font-weight: 400; }
.bars .tick { text-anchor: middle; } .bars .label { text-anchor: end; } .bars .label.own { font-weight: 600; }
.bars .grid { stroke: var(--line); } .bars .bar.own { fill: var(--own); } .bars .bar.floor { fill: var(--floor); } .bars .bar.peer { fill: var(--peer); }
`
