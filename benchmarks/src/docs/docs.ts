/** The mode `docs`: tables and charts of a result in docs/performance.md, between markers. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from '../bench-options.js'
import { benchmarks } from '../cache.js'
import type { Outcome } from '../outcome.js'
import { barChart } from '../report/bar-chart.js'
import { readResult } from '../results/save.js'
import { filled } from './section.js'
import { sections } from './sections.js'

const docs = fileURLToPath(new URL('../docs/', `file://${benchmarks}`))
const pictures = 'performance'

export function writeDocs({ file }: BenchOptions): Promise<Outcome> {
  const result = readResult(file!)
  const page = `${docs}performance.md`
  const made = sections(result)
  mkdirSync(`${docs}${pictures}`, { recursive: true })
  for (const { name, chart } of made.flatMap(({ charts }) => charts)) writeFileSync(`${docs}${pictures}/${name}.svg`, barChart(chart))
  writeFileSync(page, filled(readFileSync(page, 'utf8'), made))
  const kept = made.filter(({ markdown }) => markdown === null).map(({ name }) => name)
  const text = `${page} has the figures of ${file}${kept.length === 0 ? '' : `; left as they were, as the result has nothing for them: ${kept.join(', ')}`}`
  return Promise.resolve({ json: { page, kept }, text })
}
