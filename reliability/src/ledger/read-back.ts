/** The ledger's last word: everything is read back from the database and held against the books. */
import type { LedgerStore } from './store.js'
import type { Workload } from './workload.js'

export interface ReadBack {
  /** Entries that were read, acknowledged or not. */
  readonly entries: number
  /** Entries of unknown outcome that are there. */
  readonly carriedOut: number
  /** Entries that were never acknowledged and are not there. */
  readonly absent: number
  /** Acknowledged and not there, or not as they were written. */
  readonly lost: number
  /** Everything that should not be; empty where all is well. */
  readonly problems: readonly string[]
}

/** Reads in flight. */
const CONCURRENCY = 32
/** Of a kind; the rest is counted. */
const PROBLEMS_SHOWN = 20

/**
 * Every node must be up. `patiently` repeats a read until it is answered.
 * @throws what `patiently` throws when it has had enough
 */
export async function readBack(
  store: LedgerStore,
  work: Workload,
  patiently: <T>(read: () => Promise<T>) => Promise<T>,
  onProgress: (read: number) => void = () => undefined,
): Promise<ReadBack> {
  const problems: string[] = []
  const figures = { carriedOut: 0, absent: 0, lost: 0 }
  const judge = async (id: number): Promise<void> => {
    const found = await patiently(() => store.readEntry(id, 'QUORUM'))
    const verdict = work.entries.judge(id, found)
    if (verdict === 'right') return
    if (verdict === 'carriedOut' || verdict === 'absent') return void figures[verdict]++
    if (verdict !== 'phantom') figures.lost++
    if (problems.length < PROBLEMS_SHOWN) problems.push(`entry ${id}: ${verdict}, ${explanations[verdict]} (found ${found})`)
  }
  await eachOf(work.entries.count, judge, onProgress)

  for (const row of work.casRows) {
    const found = await patiently(() => store.readCas(row.row))
    row.observe(found ?? { n: -1, by: 'nobody' })
    const { acknowledged, resolvedApplied, problems: ofRow } = row.figures
    if (row.state.n !== acknowledged + resolvedApplied) {
      problems.push(
        `row ${row.row}: stands at ${row.state.n}, but ${acknowledged} steps were acknowledged and ${resolvedApplied} found carried out`,
      )
    }
    problems.push(...ofRow)
  }
  for (const ledger of work.increments) {
    const problem = ledger.judge(await patiently(() => store.readCounter(ledger.row)))
    if (problem !== null) problems.push(problem)
  }
  problems.push(...work.problems)
  return { entries: work.entries.count, ...figures, problems }
}

const explanations = {
  lost: 'it was acknowledged and is not there',
  wrong: 'another value stands there',
  phantom: 'it is there, though the driver said that it was not sent',
}

async function eachOf(count: number, job: (index: number) => Promise<void>, onProgress: (done: number) => void): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      await job(next++)
      if (next % 1000 === 0) onProgress(next)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}
