/** A generated part of docs/performance.md, and its place there. */
import type { BarChart } from '../report/bar-chart.js'

/** What stands between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`: Markdown, and charts as files of their own. */
export interface Section {
  readonly name: string
  /** Null: the result has nothing for it, and what stands there stays. */
  readonly markdown: string | null
  readonly charts: readonly { readonly name: string; readonly chart: BarChart }[]
}

/** The page with these sections. @throws {Error} it has no place for one of them */
export function filled(page: string, made: readonly Section[]): string {
  return made.reduce((text, { name, markdown, charts }) => {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
    const from = text.indexOf(begin)
    const to = text.indexOf(end)
    if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for '${name}': it takes ${begin} and ${end}`)
    if (markdown === null) return text
    const images = charts.map(({ name: picture, chart }) => `![${chart.title}: ${chart.about}](performance/${picture}.svg)`)
    return `${text.slice(0, from)}${begin}\n\n${[markdown, ...images].filter((part) => part !== '').join('\n\n')}\n\n${text.slice(to)}`
  }, page)
}
