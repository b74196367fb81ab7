/** One soak: a mixed load at a steady, moderate rate on a real Cassandra, with errors, reconnects and cancellations; and what it does to this process. */
import { Cluster, ConstantReconnectionPolicy, CqlwireError } from 'cqlwire'
import { startCassandra, type EmbeddedCassandra } from 'cqlwire/embedded'
import { CqlProxy, fault } from 'cqlwire/testing'
import { seededRandom } from '../seeded-random.js'
import { aborted, pause } from '../waiting.js'
import { residueSince, takeHoldings, type Holdings } from '../watch/residue.js'
import { fillTables, JOBS, NEVER_MARK, SLOW_ANSWER_MS, SLOW_MARK, TABLES, WrongAnswer, type SoakContext } from './jobs.js'
import { Load, type LoadFigures } from './load.js'
import { Sampler, type Sample } from './sampler.js'

export interface SoakOptions {
  readonly minutes: number
  readonly seed: number
}

/** What was done to the node and to its connections, and when. */
export interface Disturbance {
  readonly seconds: number
  readonly kind: 'cut' | 'silence' | 'restart'
}

export interface SoakResult {
  readonly interrupted: boolean
  readonly minutes: number
  readonly startedAt: Date
  readonly cassandra: string
  readonly load: LoadFigures
  readonly samples: readonly Sample[]
  readonly disturbances: readonly Disturbance[]
  readonly before: Holdings
  readonly after: Holdings
  /** Requests without an end, wrong answers, errors that are not the driver's own, what was left open. */
  readonly problems: readonly string[]
}

const REQUEST_TIMEOUT_MS = 5_000
/** Before the first look. */
const WARM_UP_MS = 60_000
const CUT_EVERY_MS = 15_000
const SILENCE_EVERY_MS = 60_000
const SILENCE_MS = 2_500
/** Restarts in a run, spread evenly over its first three quarters: one in some minutes, six at most. */
const restartsIn = (minutes: number): number => Math.max(1, Math.min(6, Math.floor(minutes / 2)))
/** Between two looks at the process: a few hundred in a run. */
const sampleEveryMs = (minutes: number): number => Math.min(10_000, Math.max(500, (minutes * 60_000) / 400))

export async function runSoak(options: SoakOptions, signal: AbortSignal, say: (line: string) => void): Promise<SoakResult> {
  await using cassandra = await startCassandra({
    nodes: 1,
    heap: '600m',
    firstAddress: '127.0.62.1',
    port: 0,
    storagePort: 0,
    signal,
    onProgress: say,
  })
  await using proxy = await CqlProxy.start({ targets: [`${cassandra.contactPoints[0]}:${cassandra.port}`], logSize: 0 })
  proxy.when({ query: new RegExp(`FROM ${SLOW_MARK}`), direction: 'response' }, fault.delay(SLOW_ANSWER_MS))
  proxy.when({ query: new RegExp(`FROM ${NEVER_MARK}`), direction: 'response' }, fault.drop())
  return await new Soak(cassandra, proxy, options, signal, say).run()
}

class Soak {
  readonly #cassandra: EmbeddedCassandra
  readonly #proxy: CqlProxy
  readonly #options: SoakOptions
  readonly #signal: AbortSignal
  readonly #say: (line: string) => void
  readonly #disturbances: Disturbance[] = []

  constructor(cassandra: EmbeddedCassandra, proxy: CqlProxy, options: SoakOptions, signal: AbortSignal, say: (line: string) => void) {
    this.#cassandra = cassandra
    this.#proxy = proxy
    this.#options = options
    this.#signal = signal
    this.#say = say
  }

  async run(): Promise<SoakResult> {
    const { minutes } = this.#options
    const startedAt = new Date()
    const release = await this.#prepare()
    const before = await takeHoldings()
    const { load, samples } = await this.#underLoad()
    const { after, problems } = await residueSince(before)
    return {
      interrupted: this.#signal.aborted,
      minutes,
      startedAt,
      cassandra: release,
      load: load.figures,
      samples,
      disturbances: this.#disturbances,
      before,
      after,
      problems: [...load.problems, ...problems],
    }
  }

  /** Makes and fills the tables, and runs every job once, so that what is loaded and compiled lies in memory. Gives the node's release. */
  async #prepare(): Promise<string> {
    await using cluster = this.#connect()
    await using session = await cluster.connect()
    await session.execute("CREATE KEYSPACE soak WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 1}")
    await session.setKeyspace('soak')
    for (const table of TABLES) await session.execute(table)
    const context = await this.#context(cluster)
    await fillTables(context)
    for (const job of JOBS) await job.run(context)
    return [...cluster.hosts.values()][0]?.releaseVersion ?? 'unknown'
  }

  async #underLoad(): Promise<{ load: Load; samples: readonly Sample[] }> {
    await using cluster = this.#connect()
    const context = await this.#context(cluster)
    const load = new Load(JOBS, context, (error) => !(error instanceof WrongAnswer) && error instanceof CqlwireError)
    load.start()
    await this.#warmUp()
    const began = performance.now()
    const sampler = new Sampler(
      sampleEveryMs(this.#options.minutes),
      () => ({ ...load.counts, inFlight: context.session.metrics.inFlight }),
      (sample) => this.#progress(sample),
    )
    const ended = new AbortController()
    const stop = AbortSignal.any([this.#signal, ended.signal])
    const disturbing = this.#disturb(stop, began)
    await pause(this.#options.minutes * 60_000, this.#signal)
    ended.abort()
    // Whoever presses Ctrl-C doesn't wait for the node that starts; its promise rejects when the node is stopped.
    disturbing.catch(() => undefined)
    await Promise.race([disturbing, aborted(this.#signal)])
    sampler.stop()
    await load.stop(REQUEST_TIMEOUT_MS * 2)
    return { load, samples: sampler.samples }
  }

  /** Until code is compiled and caches are full the heap grows, on an hour's run as on one of five minutes. */
  async #warmUp(): Promise<void> {
    const ms = Math.min(WARM_UP_MS, this.#options.minutes * 60_000)
    this.#say(`warming up for ${(ms / 1000).toFixed(0)} s`)
    await pause(ms / 2, this.#signal)
    this.#proxy.nodes[0]!.cut()
    await pause(ms / 2, this.#signal)
  }

  #connect(): Cluster {
    const cluster = new Cluster({
      contactPoints: this.#proxy.contactPoints,
      localDataCenter: this.#cassandra.localDataCenter,
      addressTranslator: this.#proxy.addressTranslator,
      applicationName: 'cqlwire soak',
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      connectTimeoutMs: 5_000,
      reconnection: new ConstantReconnectionPolicy(250),
      pool: { heartbeatIntervalMs: 1_000, heartbeatTimeoutMs: 2_000 },
      prepared: { cacheSize: 100 },
    })
    cluster.on('warning', () => undefined)
    return cluster
  }

  async #context(cluster: Cluster): Promise<SoakContext> {
    const session = await cluster.connect('soak')
    const insert = await session.prepare('INSERT INTO kv (k, v) VALUES (?, ?)')
    const select = await session.prepare('SELECT v FROM kv WHERE k = ?')
    return { cluster, session, insert, select, random: seededRandom(this.#options.seed), connect: () => this.#connect() }
  }

  /** Until the signal says so, connections are cut, the network falls silent, and the node is restarted, each at its times. */
  async #disturb(signal: AbortSignal, began: number): Promise<void> {
    const link = this.#proxy.nodes[0]!
    const node = this.#cassandra.nodes[0]!
    const restarts = restartsIn(this.#options.minutes)
    const restartEvery = (this.#options.minutes * 60_000 * 0.75) / restarts
    const every = async (kind: Disturbance['kind'], ms: number, times: number, disturb: () => Promise<void> | void): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await pause(ms, signal)
        if (signal.aborted) return
        this.#disturbances.push({ seconds: (performance.now() - began) / 1000, kind })
        await disturb()
      }
    }
    await Promise.all([
      every('cut', CUT_EVERY_MS, Infinity, () => void link.cut()),
      every('silence', SILENCE_EVERY_MS, Infinity, async () => {
        link.pause()
        await pause(SILENCE_MS, signal)
        link.resume()
      }),
      every('restart', restartEvery, restarts, async () => {
        await node.kill()
        await node.start()
      }),
    ])
  }

  #progress({ seconds, rssMiB, collectedHeapMiB, sockets, loopDelayMs, requestsPerSecond, errorsPerSecond }: Sample): void {
    if (collectedHeapMiB === null) return
    this.#say(
      `  ${seconds.toFixed(0)} s: ${requestsPerSecond.toFixed(0)} requests/s, ${errorsPerSecond.toFixed(1)} errors/s, RSS ${rssMiB.toFixed(1)} MiB, ` +
        `heap ${collectedHeapMiB.toFixed(2)} MiB, ${sockets} sockets, loop delay p99 ${loopDelayMs.p99.toFixed(1)} ms`,
    )
  }
}
