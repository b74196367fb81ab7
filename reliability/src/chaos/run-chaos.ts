/** One run of chaos: a Cassandra of three nodes behind proxies, the ledger's work, the faults, and at the end the reckoning. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster, Session } from 'cqlwire'
import { startCassandra, type EmbeddedCassandra } from 'cqlwire/embedded'
import { CqlProxy } from 'cqlwire/testing'
import { Injector } from '../faults/injector.js'
import { LINK_FAULTS, makeSchedule, NODE_FAULTS, type Schedule } from '../faults/schedule.js'
import { CassandraStore } from '../ledger/cassandra-store.js'
import { readBack, type ReadBack } from '../ledger/read-back.js'
import { Workload } from '../ledger/workload.js'
import { seededRandom } from '../seeded-random.js'
import { ALLOWANCE_MS, Deadlines } from '../watch/deadlines.js'
import { LoopWatch } from '../watch/loop-watch.js'
import { residueSince, takeHoldings } from '../watch/residue.js'
import { connectThrough, REQUEST_TIMEOUT_MS } from './client.js'
import type { ChaosResult } from './result.js'
import { TwoLostCheck } from './two-lost.js'

export interface ChaosOptions {
  readonly minutes: number
  readonly seed: number
  readonly entriesPerSecond: number
}

type Say = (line: string) => void

export const NODES = 3
const SERVER_TIMEOUT = '1500ms'
const SERVER = {
  // A node that is killed must keep what it acknowledged.
  commitlog_sync: 'batch',
  // A coordinator holds a thread while it waits for replicas: without a quorum it must not run out of them, or reads of one replica would
  // wait behind writes that can't succeed. So it gives up before the client does.
  native_transport_max_threads: 256,
  read_request_timeout: SERVER_TIMEOUT,
  write_request_timeout: SERVER_TIMEOUT,
  counter_write_request_timeout: SERVER_TIMEOUT,
  cas_contention_timeout: SERVER_TIMEOUT,
}
/** Past the time that was asked for, for kinds of faults that have not come yet on a slow machine. */
const OVERTIME_MS = 3 * 60_000
/** Until the nodes see each other again, and every request is answered. */
const RECOVERY_MS = 120_000
const CALM_MS = 3_000

/** Ctrl-C (`signal`) ends it early: everything is stopped, and the result says so. */
export async function runChaos(options: ChaosOptions, signal: AbortSignal, say: Say): Promise<ChaosResult> {
  await using cassandra = await startCassandra({
    nodes: NODES,
    heap: '400m',
    firstAddress: '127.0.61.1',
    port: 0,
    storagePort: 0,
    config: SERVER,
    signal,
    onProgress: say,
  })
  await using proxy = await CqlProxy.start({
    targets: cassandra.contactPoints.map((address) => `${address}:${cassandra.port}`),
    logSize: 0,
  })
  await warmUp(cassandra, proxy, options)
  const before = await takeHoldings()
  const began = performance.now()
  const run = await new ChaosRun(cassandra, proxy, options, signal, say).run()
  const { after, problems } = await residueSince(before)
  return { ...run, seconds: (performance.now() - began) / 1000, before, after, left: problems }
}

/** A short run without faults: what is loaded, compiled and cached on the way lies in memory before anything is measured. */
async function warmUp(cassandra: EmbeddedCassandra, proxy: CqlProxy, { seed, entriesPerSecond }: ChaosOptions): Promise<void> {
  await using cluster = connectThrough(proxy, cassandra.localDataCenter, () => undefined)
  await using session = await cluster.connect()
  const store = await CassandraStore.create(session, 'warm_up')
  const work = new Workload(store, { ended: () => undefined }, { seed, random: seededRandom(seed), entriesPerSecond })
  await work.prepare()
  work.start()
  await delay(CALM_MS)
  await work.stop(REQUEST_TIMEOUT_MS)
  await readBack(store, work, patiently)
}

type Figures = Omit<ChaosResult, 'seconds' | 'before' | 'after' | 'left'>

class ChaosRun {
  readonly #cassandra: EmbeddedCassandra
  readonly #proxy: CqlProxy
  readonly #options: ChaosOptions
  readonly #signal: AbortSignal
  readonly #say: Say
  readonly #schedule: Schedule
  readonly #loop = new LoopWatch()
  readonly #deadlines = new Deadlines(REQUEST_TIMEOUT_MS, this.#loop)
  readonly #twoLost = new TwoLostCheck()
  readonly #warnings = new Map<string, number>()

  constructor(cassandra: EmbeddedCassandra, proxy: CqlProxy, options: ChaosOptions, signal: AbortSignal, say: Say) {
    this.#cassandra = cassandra
    this.#proxy = proxy
    this.#options = options
    this.#signal = signal
    this.#say = say
    this.#schedule = makeSchedule(seededRandom(options.seed), options.minutes, NODES)
  }

  async run(): Promise<Figures> {
    const { seed, entriesPerSecond } = this.#options
    await using cluster = connectThrough(this.#proxy, this.#cassandra.localDataCenter, (message) => this.#warned(message))
    const session = await cluster.connect()
    const store = await CassandraStore.create(session, 'ledger')
    const work = new Workload(store, this.#deadlines, { seed, random: seededRandom(seed + 1), entriesPerSecond })
    const injector = new Injector({
      nodes: this.#cassandra.nodes,
      proxy: this.#proxy,
      whileTwoAreLost: () => this.#twoLost.run(work),
      onFault: (text) => this.#say(`  fault    ${text}`),
    })
    const problems: string[] = []
    await work.prepare()
    work.start()
    const progress = setInterval(() => this.#say(progressLine(work, session)), 5_000)
    let back: ReadBack | null = null
    try {
      await injector.run(this.#schedule, this.#enough(injector), this.#signal)
      if (!this.#signal.aborted) {
        await injector.mend()
        problems.push(...(await this.#untilWell(work, cluster, session)))
      }
      clearInterval(progress)
      await work.stop(REQUEST_TIMEOUT_MS + 5_000)
      if (!this.#signal.aborted) {
        this.#say(`reading back ${work.entries.count} entries`)
        back = await readBack(store, work, patiently, (read) => this.#say(`  read ${read}`))
      }
    } finally {
      clearInterval(progress)
      await cluster.shutdown()
    }
    problems.push(...this.#twoLost.problems, ...(back?.problems ?? []), ...(await this.#deadlines.finish()))
    this.#loop.stop()
    return {
      interrupted: this.#signal.aborted,
      faults: injector.counts,
      books: Object.values(work.books).map((book) => book.figures),
      cas: work.casRows.map((row) => row.figures),
      increments: work.increments.map(({ acknowledged, unknown }) => ({ acknowledged, unknown })),
      twoLost: this.#twoLost.figures,
      back,
      deadline: {
        timeoutMs: REQUEST_TIMEOUT_MS,
        allowanceMs: ALLOWANCE_MS,
        slowestMs: this.#deadlines.slowestMs,
        longestPauseMs: this.#loop.longestMs,
        pausedMs: this.#loop.totalMs,
      },
      warnings: this.#warnings,
      problems,
    }
  }

  /** The time is over, and every kind of fault was there; or there is no hope of that. */
  #enough({ counts }: Injector): () => boolean {
    const end = performance.now() + this.#options.minutes * 60_000
    return () => {
      const now = performance.now()
      return now > end && ([...NODE_FAULTS, ...LINK_FAULTS].every((kind) => counts.has(kind)) || now > end + OVERTIME_MS)
    }
  }

  /** Waits until every node is used again and a few seconds pass in which no request fails; says what is still wrong after two minutes. */
  async #untilWell(work: Workload, cluster: Cluster, session: Session): Promise<string[]> {
    const deadline = performance.now() + RECOVERY_MS
    const errors = (): number => Object.values(work.books).reduce((sum, { figures }) => sum + figures.failed + figures.unknown, 0)
    this.#say('every fault is mended; waiting for a calm moment')
    for (;;) {
      if (this.#signal.aborted) return []
      const unused = [...cluster.hosts.values()].filter((host) => !host.isUp || (session.metrics.connections.get(host.endpoint) ?? 0) === 0)
      const before = errors()
      await delay(CALM_MS)
      if (unused.length === 0 && errors() === before) return []
      if (performance.now() < deadline) continue
      const names = unused.map((host) => host.endpoint).join(', ')
      return [
        `${RECOVERY_MS / 1000} s after the last fault was mended requests still fail${names === '' ? '' : `, and nobody asks ${names}`}`,
      ]
    }
  }

  #warned(message: string): void {
    const kind = message.replace(/\d+(\.\d+)*(:\d+)?/g, 'N').slice(0, 120)
    this.#warnings.set(kind, (this.#warnings.get(kind) ?? 0) + 1)
  }
}

/** Repeats a read until it is answered. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (attempt === 20) throw error
      await delay(500)
    }
  }
}

function progressLine(work: Workload, { metrics }: Session): string {
  const all = Object.values(work.books).map(({ figures }) => figures)
  const sum = (of: 'sent' | 'acknowledged' | 'failed' | 'unknown' | 'pending'): number =>
    all.reduce((total, figures) => total + figures[of], 0)
  const connected = [...metrics.connections.values()].filter((connections) => connections > 0).length
  return `  requests ${sum('sent')} sent, ${sum('acknowledged')} acknowledged, ${sum('failed')} failed, ${sum('unknown')} unknown, ${sum('pending')} pending; connected to ${connected} of ${NODES} nodes`
}
