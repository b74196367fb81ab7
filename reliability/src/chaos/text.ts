/** The figures of a run of chaos, as text. */
import { LINK_FAULTS, NODE_FAULTS } from '../faults/schedule.js'
import { mebibytes, type Holdings } from '../watch/residue.js'
import { isWell, pendingIn, type ChaosResult } from './result.js'

export function chaosText(result: ChaosResult): string {
  return [
    '',
    faultsText(result),
    '',
    ...bookLines(result),
    '',
    ...ledgerLines(result),
    ...twoLostLines(result),
    deadlineText(result),
    `left over: ${holdingsText(result.before)} before; ${holdingsText(result.after)} after`,
    ...[...result.warnings].map(([text, count]) => `warning, ${count} times: ${text}`),
    ...result.problems.map((problem) => `PROBLEM: ${problem}`),
    ...result.left.map((problem) => `LEFT: ${problem}`),
    '',
    verdict(result),
  ].join('\n')
}

function faultsText({ faults, seconds }: ChaosResult): string {
  const parts = [...NODE_FAULTS, ...LINK_FAULTS].map((kind) => `${kind} ${faults.get(kind) ?? 0}`)
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  return `${all} faults in ${seconds.toFixed(0)} s: ${parts.join(', ')}`
}

function bookLines({ books }: ChaosResult): string[] {
  const columns = ['sent', 'acknowledged', 'failed', 'unknown', 'pending'] as const
  const total = (of: (typeof columns)[number]): number => books.reduce((sum, book) => sum + book[of], 0)
  const line = (name: string, cell: (of: (typeof columns)[number]) => string): string =>
    `${name.padEnd(24)}${columns.map((of) => cell(of).padStart(14)).join('')}`
  return [
    line('requests', (of) => of),
    ...books.map((book) => line(book.kind, (of) => number(book[of]))),
    line('in all', (of) => number(total(of))),
    ...books
      .filter(({ errors }) => errors.size > 0)
      .map(({ kind, errors }) => `${kind}: ${[...errors].map(([name, count]) => `${name} ${count}`).join(', ')}`),
  ]
}

function ledgerLines({ back, cas, increments }: ChaosResult): string[] {
  if (back === null) return ['nothing was read back: the run was interrupted']
  const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0)
  return [
    `read back: ${number(back.entries)} entries, ${back.lost} lost; never acknowledged: ${back.carriedOut} there, ${back.absent} not`,
    `compare-and-set: ${sum(cas, (row) => row.acknowledged)} steps acknowledged; of unknown outcome ${sum(cas, (row) => row.resolvedApplied)} were carried out, ` +
      `${sum(cas, (row) => row.resolvedNotApplied)} were not, ${sum(cas, (row) => row.open)} are open`,
    `increments: ${sum(increments, (row) => row.acknowledged)} acknowledged, ${sum(increments, (row) => row.unknown)} of unknown outcome; every counter lies between`,
  ]
}

function twoLostLines({ twoLost: { checks, refusedWrites, answeredReads } }: ChaosResult): string[] {
  if (checks === 0) return []
  return [
    `two of three nodes gone, ${checks} times: ${refusedWrites} writes at QUORUM refused in time, ${answeredReads} reads at LOCAL_ONE answered`,
  ]
}

function deadlineText({ deadline }: ChaosResult): string {
  const { timeoutMs, allowanceMs, slowestMs, longestPauseMs, pausedMs } = deadline
  return `deadline ${timeoutMs} ms + ${allowanceMs} ms: the slowest request took ${slowestMs.toFixed(0)} ms; the event loop was held up ${pausedMs.toFixed(0)} ms in all, ${longestPauseMs.toFixed(0)} ms at most`
}

function holdingsText({ resources, fileDescriptors, heap, buffers }: Holdings): string {
  const open = [...resources].map(([kind, count]) => `${kind} ${count}`).join(', ')
  const files = fileDescriptors === null ? '' : `${fileDescriptors} file descriptors, `
  return `${open}, ${files}heap ${mebibytes(heap)}, buffers ${mebibytes(buffers)}`
}

function verdict(result: ChaosResult): string {
  const pending = pendingIn(result)
  if (isWell(result)) return 'Nothing lost, nothing late, nothing left.'
  if (result.interrupted)
    return `Interrupted; ${pending} requests pending, ${result.problems.length} problems, ${result.left.length} things left.`
  return `NOT WELL: ${result.back?.lost ?? '?'} entries lost, ${pending} requests pending, ${result.problems.length} problems, ${result.left.length} things left.`
}

const number = (value: number): string => value.toLocaleString('en')
