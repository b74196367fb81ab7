/** The program of one run: `node adaptive-process.js JSON` keeps requests in flight, and prints one line of JSON. */
import { writeSync } from 'node:fs'
import { executeConcurrentWithArgs, OverloadedError, type Session } from 'cqlwire'
import { connect, parametersOf, readerOf } from '../clients/cqlwire-session.js'
import { parseCell } from '../cells.js'
import { Load } from '../measuring/load.js'
import { median } from '../measuring/median.js'
import type { AdaptiveJob, AdaptiveReport } from './adaptive-job.js'

const cell = parseCell('select1@1')
const lookEveryMs = 5
const closingMs = 1_000

async function runJob({ target, level, warmUpMs, measureMs }: AdaptiveJob): Promise<AdaptiveReport> {
  const { session, prepared, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const load = new Load({ leastMs: warmUpMs, requests: 1 }, measureMs)
  load.useTimers()
  const looks = lookAtInFlight(session, warmUpMs)
  const sentAt = new Map<number, number>()
  function* endless(): Generator<unknown[]> {
    while (!load.stopped) {
      const key = load.nextKey()
      const time = load.sentAt(key)
      if (time !== 0) sentAt.set(key, time)
      yield parameters(key)
    }
  }
  let refused = 0
  const options = { concurrency: level, resultsGenerator: true, raiseOnFirstError: false, idempotent: true } as const
  for await (const { success, result, error, index } of executeConcurrentWithArgs(session, prepared, endless(), options)) {
    const time = sentAt.get(index) ?? 0
    sentAt.delete(index)
    if (success) {
      read(result)
      load.answered(time)
    } else if (error instanceof OverloadedError) refused++
    else throw error
  }
  const inFlight = median(looks.end())
  await Promise.race([close(), new Promise((resolve) => setTimeout(resolve, closingMs))])
  return { ...load.result(), refused, inFlight }
}

function lookAtInFlight(session: Session, afterMs: number): { end(): number[] } {
  const found: number[] = []
  const startedAt = performance.now()
  const timer = setInterval(() => {
    if (performance.now() - startedAt > afterMs) found.push(session.metrics.inFlight)
  }, lookEveryMs)
  return {
    end() {
      clearInterval(timer)
      return found
    },
  }
}

try {
  const report = await runJob(JSON.parse(process.argv[2] ?? '') as AdaptiveJob)
  writeSync(1, `${JSON.stringify(report)}\n`)
  process.exit(0)
} catch (error) {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}
