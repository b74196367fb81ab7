/** Where results go: a document for machines, and a report for people beside it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BenchOptions } from '../bench-options.js'
import { benchmarks } from '../cache.js'
import type { Outcome } from '../outcome.js'
import { reportPage } from '../report/page.js'
import type { Comparison } from './comparison.js'
import { comparisonText } from './tables.js'

export function saveResult(result: Comparison, { out, isFull }: BenchOptions, note: (line: string) => void): void {
  const date = result.environment.date.slice(0, 16).replace(' ', '-').replace(':', '')
  const name = out ?? (isFull ? `${benchmarks}results/${date}` : null)
  if (name === null) return
  mkdirSync(dirname(name), { recursive: true })
  writeFileSync(`${name}.json`, `${JSON.stringify(result)}\n`)
  writeFileSync(`${name}.html`, reportPage(result))
  note(`${name}.json and ${name}.html are written`)
}

export const readResult = (file: string): Comparison => JSON.parse(readFileSync(file, 'utf8')) as Comparison

/** The mode `report`. */
export function reportAgain({ file }: BenchOptions): Promise<Outcome> {
  const result = readResult(file!)
  const page = file!.replace(/(\.json)?$/, '.html')
  writeFileSync(page, reportPage(result))
  return Promise.resolve({ json: result, text: `${comparisonText(result)}\n${page} is written` })
}
