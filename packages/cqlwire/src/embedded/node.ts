import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedCassandraError } from './embedded-error.js'
import type { Guardian } from './guardian.js'
import { lastLines, textFrom } from './log-file.js'
import { describeEnd, holdingTheProcess, startGuarded, type RunningProcess } from './node-process.js'
import { assertPortFree, waitUntilPortFree } from './ports.js'
import { askOptions, type RawTarget } from './raw-cql.js'

/** `paused` is a node that `pause()` stopped: its sockets are open and silent. `down` is one without a process. */
export type EmbeddedNodeState = 'starting' | 'up' | 'paused' | 'stopping' | 'down'

/** One Cassandra node: a JVM of its own. */
export interface EmbeddedNode {
  /** Its IP address, e.g. `127.0.0.1`. */
  readonly address: string
  /** The port of the native protocol. */
  readonly port: number
  readonly dataCenter: string
  readonly rack: string
  /** The number of the JVM's process, or null where the node is down. */
  readonly pid: number | null
  readonly state: EmbeddedNodeState
  /** Starts the node again, with its data; resolves when it answers CQL and the nodes that are up see each other. Does nothing where it is up. */
  start(): Promise<void>
  /** Stops the node in order (SIGTERM): it tells its peers, flushes, and ends; after 30 s it is killed. */
  stop(): Promise<void>
  /**
   * Kills the node (SIGKILL), as a crash would. Resolves when its port is closed. What this one replica acknowledged in the last 10 s may be
   * lost with it, as in any Cassandra whose commit log is synced periodically; the option `config: { commitlog_sync: 'batch' }` keeps it.
   */
  kill(): Promise<void>
  /** Stops the clock of the node (SIGSTOP): connections stay open and nothing answers, as behind a broken network. */
  pause(): void
  /** Lets a paused node go on (SIGCONT). */
  resume(): void
  /** The last lines of its log, 100 unless told, oldest first. */
  logs(lines?: number): Promise<string[]>
}

/** What a node is made from. */
export interface NodePlan {
  readonly address: string
  readonly port: number
  readonly storagePort: number
  readonly dataCenter: string
  readonly rack: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly directory: string
  readonly log: string
  readonly target: RawTarget
  readonly startTimeoutMs: number
  /** Resolves when the nodes that are up see each other. */
  readonly seen: () => Promise<void>
}

const stopTimeoutMs = 30_000
const portTimeoutMs = 15_000
/** Starts in a row at which a busy machine may keep a node from hearing of its peers in time. */
const GOSSIP_ATTEMPTS = 5

/** The node behind {@link EmbeddedNode}. */
export class ManagedNode implements EmbeddedNode {
  readonly #plan: NodePlan
  readonly #guardian: Guardian
  #run: RunningProcess | null = null
  #state: EmbeddedNodeState = 'down'
  #logStart = 0

  constructor(plan: NodePlan, guardian: Guardian) {
    this.#plan = plan
    this.#guardian = guardian
  }

  get address(): string {
    return this.#plan.address
  }
  get port(): number {
    return this.#plan.port
  }
  get dataCenter(): string {
    return this.#plan.dataCenter
  }
  get rack(): string {
    return this.#plan.rack
  }
  get pid(): number | null {
    return this.#run === null || this.#run.end !== null ? null : this.#run.pid
  }
  get state(): EmbeddedNodeState {
    return this.pid === null && this.#state !== 'starting' ? 'down' : this.#state
  }
  /** How to reach it. */
  get target(): RawTarget {
    return this.#plan.target
  }

  async start(): Promise<void> {
    await this.startAlone()
    await this.#plan.seen()
  }

  /** Resolves when it answers CQL. */
  async startAlone(signal?: AbortSignal): Promise<void> {
    if (!this.#guardian.onDuty) {
      throw new EmbeddedCassandraError(`Node ${this.address} belongs to a Cassandra that was stopped: start a new one`, {
        address: this.address,
      })
    }
    if (this.pid !== null || this.#state === 'starting') {
      if (this.#state === 'up') return
      throw new EmbeddedCassandraError(`Node ${this.address} is ${this.#state}: it can't be started now`, { address: this.address })
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#startOnce(signal)
      } catch (error) {
        if (attempt === GOSSIP_ATTEMPTS || !(await this.#missedItsPeers(error))) throw error
      }
    }
  }

  async #startOnce(signal: AbortSignal | undefined): Promise<void> {
    this.#state = 'starting'
    try {
      await assertPortFree(this.address, this.port, 'port')
      await assertPortFree(this.address, this.#plan.storagePort, 'storagePort')
      this.#logStart = (await stat(this.#plan.log).catch(() => ({ size: 0 }))).size
      signal?.throwIfAborted()
      this.#run = await startGuarded(this.#plan.command, this.#plan.log, this.#plan.directory, this.#guardian)
      await this.#untilAnswering(this.#run, signal)
      this.#state = 'up'
    } catch (error) {
      await this.kill()
      throw error
    }
  }

  /** `cassandra.ring_delay_ms`, short for the sake of a quick start, is also how long a node waits for its peers before it gives its start up. */
  async #missedItsPeers(error: unknown): Promise<boolean> {
    const died = error instanceof EmbeddedCassandraError && error.code === 'ERR_NODE_DIED'
    return died && (await this.logOfThisRun()).includes('Unable to gossip with any peers')
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === null || run.end !== null) return
    this.#state = 'stopping'
    run.signal('SIGCONT')
    run.signal('SIGTERM')
    const inTime = await holdingTheProcess(Promise.race([run.ended, delay(stopTimeoutMs, null, { ref: false })]))
    if (inTime === null) run.signal('SIGKILL')
    await this.#untilGone(run)
  }

  async kill(): Promise<void> {
    const run = this.#run
    if (run !== null) {
      if (run.end === null) this.#state = 'stopping'
      run.signal('SIGKILL')
      await this.#untilGone(run)
    }
    this.#state = 'down'
  }

  pause(): void {
    this.#signalLiving('SIGSTOP', 'paused')
  }

  resume(): void {
    this.#signalLiving('SIGCONT', 'up')
  }

  async logs(lines = 100): Promise<string[]> {
    return await lastLines(this.#plan.log, lines)
  }

  /** The log of the present run from its first line on. */
  async logOfThisRun(): Promise<string> {
    return await textFrom(this.#plan.log, this.#logStart)
  }

  #signalLiving(name: NodeJS.Signals, next: EmbeddedNodeState): void {
    if (this.#run === null || this.pid === null || (this.#state !== 'up' && this.#state !== 'paused')) {
      throw new EmbeddedCassandraError(`Node ${this.address} is ${this.state}: there is nothing to pause or resume`, {
        address: this.address,
      })
    }
    this.#run.signal(name)
    this.#state = next
  }

  async #untilGone(run: RunningProcess): Promise<void> {
    await holdingTheProcess(run.ended)
    await waitUntilPortFree(this.address, this.port, portTimeoutMs)
    await waitUntilPortFree(this.address, this.#plan.storagePort, portTimeoutMs)
    this.#state = 'down'
  }

  async #untilAnswering(run: RunningProcess, signal: AbortSignal | undefined): Promise<void> {
    const began = Date.now()
    let last: unknown
    for (;;) {
      signal?.throwIfAborted()
      if (run.end !== null) throw await this.#startError(`died at its start (${describeEnd(run.end)})`, 'ERR_NODE_DIED', last)
      if (Date.now() - began > this.#plan.startTimeoutMs) {
        throw await this.#startError(
          `did not answer CQL within ${this.#plan.startTimeoutMs} ms (\`startTimeoutMs\`)`,
          'ERR_NODE_TIMEOUT',
          last,
        )
      }
      try {
        return await askOptions(this.#plan.target)
      } catch (error) {
        last = error
        await delay(50)
      }
    }
  }

  async #startError(what: string, code: string, cause: unknown): Promise<EmbeddedCassandraError> {
    const log = await this.logs(30)
    return new EmbeddedCassandraError(`Cassandra on ${this.address}:${this.port} ${what}.`, { code, cause, address: this.address, log })
  }
}
