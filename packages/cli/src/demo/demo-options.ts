/** What a run of the demo is asked to do, with every default filled in. */
import { cityCount } from './cities.js'

export interface DemoOptions {
  /** Cities for every pattern with many requests in flight. */
  readonly rows: number
  /** Cities for the patterns that send one request after the other: they would take minutes for all. */
  readonly sampleRows: number
  /** Nodes of the Cassandra that the demo starts. */
  readonly nodes: number
  /** A running Cassandra; none is started then. */
  readonly contactPoints: readonly string[] | null
  readonly localDataCenter: string | null
  readonly concurrency: number
  /** Null: the newest that the server speaks. */
  readonly protocol: 3 | 4 | 5 | null
  /** Where the HTML report goes. */
  readonly report: string
  /** One JSON document on standard output, everything else on standard error. */
  readonly json: boolean
  readonly quick: boolean
  /** The tables stay; a Cassandra that the demo started stays up until Ctrl-C. */
  readonly keep: boolean
}

/** The options as the command line gives them, checked one by one already. */
export interface DemoArguments {
  readonly rows?: number
  readonly nodes: number
  readonly contactPoints?: readonly string[]
  readonly localDc?: string
  readonly concurrency: number
  readonly protocol?: 3 | 4 | 5
  readonly report: string
  readonly json?: boolean
  readonly quick?: boolean
  readonly keep?: boolean
}

const quickRows = 20_000
const sample = 10_000
const quickSample = 2_000

/** Requests of the warm-up, which nothing counts: a JVM that just started answers several times slower than a few seconds later. */
export const warmUpRows = (options: DemoOptions): number => Math.min(options.rows, options.quick ? 1_000 : 5_000)

export function demoOptionsOf(given: DemoArguments): DemoOptions {
  const quick = given.quick ?? false
  const rows = Math.min(given.rows ?? (quick ? quickRows : cityCount), cityCount)
  return {
    rows,
    sampleRows: Math.min(rows, quick ? quickSample : sample),
    nodes: given.nodes,
    contactPoints: given.contactPoints ?? null,
    localDataCenter: given.localDc ?? null,
    concurrency: given.concurrency,
    protocol: given.protocol ?? null,
    report: given.report,
    json: given.json ?? false,
    quick,
    keep: given.keep ?? false,
  }
}
