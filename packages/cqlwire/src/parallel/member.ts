/** One worker as its session sees it: calls go out, answers find who waits for them, and its end fails or frees whatever it had. */
import type { CodecRegistry } from '../codec/codec.js'
import type { ClusterOptions } from '../cluster/options.js'
import type { ResultSet } from '../session/result-set.js'
import { ArrivedResult, ResultMemory } from '../transfer/result-reader.js'
import { readValue } from '../transfer/value-reader.js'
import { putValue } from '../transfer/value-writer.js'
import { type ByteBlock, byteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { eachFrame, Outbox } from './channel.js'
import { describeWorker, type WorkerInfo, WorkerLostError } from './errors.js'
import { Answer, Call, CONNECT_ID } from './messages.js'
import { type StartedWorker, startWorker } from './start-worker.js'
import type { Connected } from './worker-server.js'

/** Who waits for the one answer to a call. */
export interface Waiting {
  onResult?(arrived: ArrivedResult): void
  onValue?(value: unknown): void
  onError(error: Error): void
}

export interface MemberListener {
  onOutcomes(member: Member, runId: number, reader: ByteReader, block: ByteBlock): void
  onEnd(member: Member, reason: string, cause: Error | undefined): void
}

export interface MemberPlan {
  readonly id: number
  readonly kind: 'process' | 'thread'
  readonly execArgv: readonly string[]
  readonly registry: CodecRegistry
}

export class Member {
  readonly info: WorkerInfo
  readonly startedAt: number = performance.now()
  isReady = false
  hasEnded = false
  /** Items of runs that it has. */
  handed = 0
  readonly #listener: MemberListener
  readonly #worker: StartedWorker
  readonly #outbox: Outbox
  readonly #memory: ResultMemory
  readonly #waiting = new Map<number, Waiting>()
  readonly #ended: Promise<void>
  #onEnded: () => void = () => {}

  constructor(plan: MemberPlan, listener: MemberListener) {
    this.#listener = listener
    this.#memory = new ResultMemory(plan.registry)
    this.#ended = new Promise((resolve) => (this.#onEnded = resolve))
    this.#worker = startWorker({
      ...plan,
      onPost: (frames) => this.#onPost(frames),
      onEnd: (reason, cause) => this.#onEnd(reason, cause),
    })
    this.info = this.#worker.info
    this.#outbox = new Outbox(this.#worker.channel)
  }

  /** Requests and items that it has not answered. */
  get load(): number {
    return this.#waiting.size + this.handed
  }

  connect(options: ClusterOptions): Promise<Connected> {
    return this.call(CONNECT_ID, Call.CONNECT, [options]) as Promise<Connected>
  }

  /** Sends a frame that nothing answers by itself. `write` may throw: then nothing is sent. */
  send(call: number, id: number, write: (writer: ByteWriter) => void = () => {}): void {
    const writer = this.#outbox.begin(call, id)
    try {
      write(writer)
    } catch (error) {
      this.#outbox.undo()
      throw error
    }
    this.#outbox.end()
  }

  /** Sends a frame that is answered once. */
  ask(call: number, id: number, waiting: Waiting, write: (writer: ByteWriter) => void): void {
    this.send(call, id, write)
    this.#waiting.set(id, waiting)
  }

  /** A call whose answer is a value. */
  call(id: number, call: number, values: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.ask(call, id, { onValue: resolve, onError: reject }, (writer) => {
        for (const value of values) putValue(writer, value)
      })
    })
  }

  /** The answer to the call is wanted no more. */
  forget(id: number): void {
    this.#waiting.delete(id)
  }

  /** Resolves when it has ended; it is killed where it takes longer than `graceMs`. */
  async end(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.kill(), graceMs)
    await this.#ended
    clearTimeout(timer)
  }

  kill(): void {
    this.#worker.kill()
  }

  #onPost(frames: Buffer): void {
    const block = byteBlock(frames)
    eachFrame(frames, (start, end) => this.#onAnswer(new ByteReader(frames, start, end), block))
  }

  #onAnswer(reader: ByteReader, block: ByteBlock): void {
    const kind = reader.readUint8()
    const id = reader.readInt32()
    if (kind === Answer.OUTCOMES) return this.#listener.onOutcomes(this, id, reader, block)
    // Results refer to earlier ones, so each is read, also where nobody wants it.
    const arrived = kind === Answer.RESULT ? new ArrivedResult(reader, block, this.#memory) : null
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    if (arrived !== null) waiting.onResult?.(arrived)
    else if (kind === Answer.VALUE) waiting.onValue?.(readValue(reader))
    else waiting.onError(readValue(reader) as Error)
  }

  #onEnd(reason: string, cause: Error | undefined): void {
    this.hasEnded = true
    this.isReady = false
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const each of waiting) each.onError(lostError(this.info, reason, cause))
    this.#listener.onEnd(this, reason, cause)
    this.#onEnded()
  }
}

export function lostError(worker: WorkerInfo, reason: string, cause?: Error): WorkerLostError {
  return new WorkerLostError(
    `${describeWorker(worker)} of the ParallelSession ended (${reason}) before it answered: the request may or may not have been applied. ` +
      'Look before you repeat it; requests with idempotent: true are repeated by themselves',
    { worker, maybeApplied: true, cause },
  )
}

/** The page of a result that arrived, whose later pages are asked for by `sequel`. */
export function pageOf(arrived: ArrivedResult, settings: ArrivedResult['settings'], sequel: () => ArrivedResult['sequel']): ResultSet {
  const { page } = arrived
  arrived.settings = settings
  if (page.pageState !== null || page.traceId !== null) arrived.sequel = sequel()
  return page
}
