/** The figures of a soak, as text. */
import { mebibytes } from '../watch/residue.js'
import type { Flatness } from './flatness.js'
import type { SoakResult } from './run-soak.js'
import type { SoakVerdict } from './verdict.js'

export function soakText(result: SoakResult, verdict: SoakVerdict): string {
  const { load, disturbances, before, after, problems } = result
  const times = (kind: string): number => disturbances.filter((each) => each.kind === kind).length
  const runs = load.jobs.reduce((sum, job) => sum + job.runs, 0)
  const failed = load.jobs.reduce((sum, job) => sum + job.failed, 0)
  const pending = load.jobs.reduce((sum, job) => sum + job.pending, 0)
  return [
    '',
    `${number(runs)} runs of ${load.jobs.length} jobs, ${number(load.requests)} requests; ${number(failed)} runs ended in an error, ${pending} not at all`,
    `errors: ${[...load.errors].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `connections cut ${times('cut')} times, silent ${times('silence')} times, node killed and started ${times('restart')} times`,
    '',
    ...verdict.curves.map(curveText),
    `left over: heap ${mebibytes(before.heap)} before and ${mebibytes(after.heap)} after; ${countOf(before.resources)} resources before and ${countOf(after.resources)} after; ` +
      `file descriptors ${before.fileDescriptors ?? '?'} and ${after.fileDescriptors ?? '?'}`,
    ...problems.map((problem) => `PROBLEM: ${problem}`),
    '',
    verdict.isWell
      ? 'Flat: nothing grows, nothing is lost, nothing left.'
      : result.interrupted
        ? 'Interrupted: no verdict.'
        : 'NOT WELL: see above.',
  ].join('\n')
}

export function curveText({ name, unit, early, late, growth, allowed, isFlat }: Flatness): string {
  const amount = (value: number): string => `${value.toFixed(2)}${unit === '' ? '' : ` ${unit}`}`
  const sign = growth > 0 ? '+' : ''
  return `${isFlat ? 'flat    ' : 'NOT FLAT'} ${name}: ${amount(early)} in the first quarter, ${amount(late)} in the last; second half ${sign}${amount(growth)}, allowed +${amount(allowed)}`
}

const countOf = (resources: ReadonlyMap<string, number>): number => [...resources.values()].reduce((sum, count) => sum + count, 0)
const number = (value: number): string => value.toLocaleString('en')
