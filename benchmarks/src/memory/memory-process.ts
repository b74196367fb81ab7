/** The program of one stream's own process: `node memory-process.js JSON` streams, looks at its memory, and prints one line of JSON. */
import { writeSync } from 'node:fs'
import { Cluster, executeConcurrentWithArgs, type Session } from 'cqlwire'
import { clusterOptions } from '../clients/cqlwire-session.js'
import { workloads } from '../workloads/all-workloads.js'
import { keys, nameOf, tags, timeOf, valueOf, wideKeys } from '../workloads/data.js'
import type { MemoryJob, MemoryReport, Sample, Stream } from './memory-job.js'

const concurrency = 128
const pageSize = 5_000
const mebibyte = 2 ** 20

/** Looks at the process so many times, evenly over the rows that pass. */
const looks = 200

class Sampler {
  readonly samples: Sample[] = []
  readonly #startedAt = performance.now()
  readonly #rowsPerLook: number
  readonly #quarter: number
  #heldAtQuarter = Number.NaN
  #rows = 0

  constructor(rows: number) {
    this.#rowsPerLook = Math.max(1, Math.floor(rows / looks))
    this.#quarter = Math.floor(rows / 4)
  }

  row(): void {
    if (++this.#rows % this.#rowsPerLook === 0) this.take()
    if (this.#rows === this.#quarter) this.#heldAtQuarter = held()
  }

  report(stream: Stream): MemoryReport {
    const { samples, seconds } = this
    return { stream, rows: this.#rows, seconds, samples, heldAtQuarterMiB: this.#heldAtQuarter, heldAtEndMiB: held() }
  }

  take(): void {
    const { rss, heapUsed } = process.memoryUsage()
    this.samples.push({ rows: this.#rows, seconds: this.seconds, rssMiB: rss / mebibyte, heapMiB: heapUsed / mebibyte })
  }

  get rows(): number {
    return this.#rows
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000
  }
}

/** MiB. */
function held(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / mebibyte
}

async function insertAll(session: Session, job: MemoryJob, sampler: Sampler): Promise<void> {
  const table = job.answersFromMemory ? 'bench.t' : 'bench.stream'
  const prepared = await session.prepare(workloads['insert']!.cql.replace('bench.t', table))
  const results = executeConcurrentWithArgs(session, prepared, manyRows(job.rows), {
    concurrency,
    resultsGenerator: true,
    raiseOnFirstError: true,
  })
  for await (const answer of results) {
    if (!answer.success) throw answer.error
    sampler.row()
  }
}

function* manyRows(rows: number): Generator<unknown[]> {
  for (let key = 0; key < rows; key++) yield [BigInt(key), nameOf(key % keys), valueOf(key), new Date(timeOf(key)), tags]
}

async function readAll(session: Session, job: MemoryJob, sampler: Sampler): Promise<void> {
  if (!job.answersFromMemory) return readRows(session, 'SELECT * FROM bench.stream', [], sampler)
  for (let key = 0; sampler.rows < job.rows; key++) await readRows(session, workloads['wide']!.cql, [key % wideKeys], sampler)
}

/** Pages hold `pageSize` rows in a table, and a tenth of that where pages are read again and again, so that each reading has several. */
async function readRows(session: Session, cql: string, parameters: unknown[], sampler: Sampler): Promise<void> {
  const size = parameters.length === 0 ? pageSize : pageSize / 10
  let text = 0
  for await (const row of session.iterate(cql, parameters, { pageSize: size })) {
    text += row['name'].length
    sampler.row()
  }
  if (text === 0) throw new Error('No rows were read')
}

async function runJob(job: MemoryJob): Promise<MemoryReport> {
  await using cluster = new Cluster(clusterOptions(job.target))
  await using session = await cluster.connect()
  const sampler = new Sampler(job.rows)
  await (job.stream === 'inserts' ? insertAll : readAll)(session, job, sampler)
  return sampler.report(job.stream)
}

try {
  writeSync(1, `${JSON.stringify(await runJob(JSON.parse(process.argv[2] ?? '') as MemoryJob))}\n`)
} catch (error) {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
}
