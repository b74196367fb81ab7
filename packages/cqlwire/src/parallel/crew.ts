/** The workers of a session: started together, replaced one by one when they die, given up when they die again and again. */
import { type Backoff, exponentialBackoff } from '../base/backoff.js'
import { CqlwireError, ShutdownError } from '../base/errors.js'
import { TypedEmitter } from '../base/typed-emitter.js'
import type { CodecRegistry } from '../codec/codec.js'
import type { ClusterOptions } from '../cluster/options.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { describeWorker, type WorkerInfo, WorkerLostError } from './errors.js'
import { Member, type MemberListener } from './member.js'
import { Call } from './messages.js'
import type { Connected } from './worker-server.js'

/** Events of a ParallelSession and what listeners are given. */
export interface ParallelEvents {
  /** A worker is connected and takes work: at the start, and each replacement. */
  workerUp: [worker: WorkerInfo]
  /** A worker died. What it had is repeated where that is allowed, and reported as failed where not. */
  workerLost: [worker: WorkerInfo, error: Error]
}

/** What hears of workers: runs, and requests that wait for one. */
export interface CrewListener {
  onWorker(): void
  onLost(member: Member, reason: string, cause: Error | undefined): void
  onOutcomes(member: Member, reader: ByteReader, block: ByteBlock): void
  /** No worker is left, and there will be none, or the session is shut down. */
  onNobody(error: Error): void
}

export interface CrewSettings {
  readonly kind: 'process' | 'thread'
  readonly count: number
  readonly restarts: number
  readonly execArgv: readonly string[]
  readonly warn: (message: string) => void
}

/** A worker that lived so long died of something else than the one before it. */
const LONG_LIFE_MS = 10_000
/** How long workers are given to answer what was sent, when the session is shut down. */
const GRACE_MS = 15_000

interface Place {
  readonly id: number
  member: Member | null
  /** Deaths in a row, with no long life between them. */
  deaths: number
  backoff: Backoff
  timer: NodeJS.Timeout | null
}

export class Crew implements MemberListener {
  readonly events: TypedEmitter<ParallelEvents> = new TypedEmitter<ParallelEvents>()
  readonly registry: CodecRegistry
  readonly #settings: CrewSettings
  readonly #places: readonly Place[]
  readonly #listeners = new Map<number, CrewListener>()
  #options: ClusterOptions
  #nextId = 1
  #isStarted = false
  /** Why there are no workers any more. */
  #end: Error | null = null
  #closing: Promise<void> | null = null

  constructor(options: ClusterOptions, registry: CodecRegistry, settings: CrewSettings) {
    this.#options = options
    this.registry = registry
    this.#settings = settings
    this.#places = Array.from({ length: settings.count }, (_, id) => ({
      id,
      member: null,
      deaths: 0,
      backoff: newBackoff(),
      timer: null,
    }))
  }

  /** @throws why the first worker that failed did; the others are ended */
  async start(): Promise<Connected> {
    const all = await Promise.allSettled(this.#places.map((place) => this.#begin(place)))
    const failed = all.find((each) => each.status === 'rejected')
    if (failed !== undefined) {
      await this.close(new ShutdownError('The ParallelSession could not connect'))
      throw failed.reason
    }
    this.#isStarted = true
    return (all[0] as PromiseFulfilledResult<Connected>).value
  }

  newId(): number {
    const id = this.#nextId
    this.#nextId = id === 0x7fff_ffff ? 1 : id + 1
    return id
  }

  get isClosed(): boolean {
    return this.#end !== null
  }

  /** Those that take work. */
  get ready(): Member[] {
    return this.#places.flatMap(({ member }) => (member?.isReady === true ? [member] : []))
  }

  get workers(): WorkerInfo[] {
    return this.ready.map(({ info }) => info)
  }

  /** The one with the least to do; null where all are being replaced. Throws why there will be none. */
  pick(): Member | null {
    if (this.#end !== null) throw this.#end
    let least: Member | null = null
    for (const { member } of this.#places) if (member?.isReady === true && (least === null || member.load < least.load)) least = member
    return least
  }

  /** Throws why there will be no worker. */
  listen(id: number, listener: CrewListener): void {
    if (this.#end !== null) throw this.#end
    this.#listeners.set(id, listener)
  }

  unlisten(id: number): void {
    this.#listeners.delete(id)
  }

  /** All workers change their keyspace, also those that are yet to come. */
  async setKeyspace(keyspace: string): Promise<void> {
    if (this.#end !== null) throw this.#end
    await Promise.all(this.ready.map((member) => member.call(this.newId(), Call.SET_KEYSPACE, [keyspace])))
    this.#options = { ...this.#options, keyspace }
  }

  /** Ends the workers; calls that come later fail with the error. */
  close(error: Error): Promise<void> {
    this.#stop(error)
    this.#closing ??= this.#endAll()
    return this.#closing
  }

  async #endAll(): Promise<void> {
    const members = this.#places.flatMap(({ member }) => (member === null || member.hasEnded ? [] : [member]))
    await Promise.all(
      members.map((member) => {
        // One that has not connected has nothing to finish.
        if (member.isReady) void member.call(this.newId(), Call.SHUTDOWN, []).catch(() => {})
        else member.kill()
        return member.end(GRACE_MS)
      }),
    )
  }

  #stop(error: Error): void {
    if (this.#end !== null) return
    this.#end = error
    for (const place of this.#places) if (place.timer !== null) clearTimeout(place.timer)
    for (const listener of [...this.#listeners.values()]) listener.onNobody(error)
  }

  async #begin(place: Place): Promise<Connected> {
    const { kind, execArgv } = this.#settings
    const member = new Member({ id: place.id, kind, execArgv, registry: this.registry }, this)
    place.member = member
    let connected: Connected
    try {
      connected = await member.connect(this.#options)
    } catch (error) {
      member.kill()
      throw error
    }
    if (this.#end !== null) throw this.#end
    member.isReady = true
    this.events.emit('workerUp', member.info)
    for (const listener of [...this.#listeners.values()]) listener.onWorker()
    return connected
  }

  onOutcomes(member: Member, runId: number, reader: ByteReader, block: ByteBlock): void {
    this.#listeners.get(runId)?.onOutcomes(member, reader, block)
  }

  onEnd(member: Member, reason: string, cause: Error | undefined): void {
    if (!this.#isStarted || this.#end !== null) return
    const place = this.#places[member.info.id]!
    const error = new WorkerLostError(`${describeWorker(member.info)} of the ParallelSession ended: ${reason}`, {
      worker: member.info,
      maybeApplied: true,
      cause,
    })
    this.events.emit('workerLost', member.info, error)
    if (performance.now() - member.startedAt > LONG_LIFE_MS) {
      place.deaths = 0
      place.backoff = newBackoff()
    }
    place.member = null
    place.deaths++
    for (const listener of [...this.#listeners.values()]) listener.onLost(member, reason, cause)
    if (place.deaths <= this.#settings.restarts) {
      place.timer = setTimeout(
        () => void this.#begin(place).catch((why: Error) => this.#warnOfStart(place, why)),
        place.backoff.nextDelayMs(),
      )
    } else this.#giveUp(place, error)
  }

  #warnOfStart(place: Place, why: Error): void {
    if (this.#end === null) this.#settings.warn(`The replacement of worker ${place.id} did not start: ${why.message}`)
  }

  #giveUp(place: Place, cause: Error): void {
    const { restarts } = this.#settings
    this.#settings.warn(
      `Worker ${place.id} of the ParallelSession died ${restarts + 1} times in a row, and is not started again (restarts: ${restarts})`,
    )
    const isLast = this.#places.every(({ deaths }) => deaths > restarts)
    if (!isLast) return
    this.#stop(
      new CqlwireError(
        `Every worker of the ParallelSession died ${restarts + 1} times in a row, the last one of: ${cause.message}. It takes no more work: find out why they die, then make a new one`,
        { code: 'ERR_WORKERS_LOST', cause },
      ),
    )
  }
}

function newBackoff(): Backoff {
  return exponentialBackoff({ baseMs: 50, maxMs: 5_000 })
}
