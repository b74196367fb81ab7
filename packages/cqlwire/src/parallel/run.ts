/**
 * A run over all workers: takes input as long as there is room, hands it to workers in chunks, and gives outcomes to its reader.
 *
 * Bounded both ways: no worker has more than its window of items, and input is taken only as outcomes are read.
 */
import { AbortError, ConcurrentInputError } from '../base/errors.js'
import type { Input } from '../base/input.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { Crew, CrewListener } from './crew.js'
import { lostError, type Member } from './member.js'
import { Call, Outcome } from './messages.js'
import { Entries, HANDED, type ParallelOutcome, SETTLED, WAITS } from './outcomes.js'
import type { RunPlan } from './run-plans.js'

/** Who reads outcomes. */
export interface Reader {
  /** The outcome of the item is there: `entries.finish` takes it, now or later. */
  onSettled(index: number): void
  /** Nothing more comes. */
  onEnd(error: Error | null): void
}

/** A chunk of so many bytes is sent, however few items it has. */
const MOST_CHUNK_BYTES = 131_072
/** An item that lost so many workers is not given to another one. */
const MOST_LOSSES = 3
/** So many items are taken at once, before the event loop gets its turn. */
const BREATH = 4_096

interface Lane {
  handed: number
  readonly context: unknown
}

export class Run implements CrewListener {
  readonly entries: Entries = new Entries()
  readonly #id: number
  readonly #crew: Crew
  readonly #input: Input<unknown>
  readonly #plan: RunPlan
  readonly #reader: Reader
  readonly #lanes = new Map<Member, Lane>()
  readonly #chunk = new ByteWriter(8_192)
  #chunked: number[] = []
  /** Items that a worker had which died. */
  readonly #again: number[] = []
  #outstanding = 0
  #acknowledged = 0
  #sent = 0
  #pulling = false
  #pumping = false
  #inputDone = false
  #halted = false
  #flushing = false
  #ended = false
  /** True where input waits for outcomes to be read. */
  isPaused = false
  #error: Error | null = null
  #inputError: { readonly cause: unknown } | null = null

  constructor(crew: Crew, input: Input<unknown>, plan: RunPlan, reader: Reader) {
    this.#crew = crew
    this.#input = input
    this.#plan = plan
    this.#reader = reader
    this.#id = crew.newId()
    crew.listen(this.#id, this)
  }

  /** Hands out what there is room for. */
  pump(): void {
    if (this.#pumping || this.#ended) return
    this.#pumping = true
    this.isPaused = false
    let breath = BREATH
    for (let member = this.#roomiest(); member !== null; member = this.#roomiest()) {
      const isFull = this.#fill(Math.min(this.#plan.chunk, this.#roomOf(member)))
      if (!isFull && this.#pulling) {
        this.#flushLater()
        break
      }
      if (this.#chunked.length === 0) break
      breath -= this.#chunked.length
      this.#send(member)
      if (breath < 0) {
        setImmediate(() => this.pump())
        break
      }
    }
    this.#pumping = false
    this.#endIfDone()
  }

  /** Outcomes were read: takes input again, once there is room for more than a little. */
  resume(): void {
    if (this.isPaused && this.entries.open <= this.#limit / 2) this.pump()
  }

  /** Gives up: workers cancel what they have, the input is told, and the run ends with the error. */
  stop(error: Error | null): void {
    if (this.#ended) return
    this.#closeInput()
    this.#end(error)
  }

  /** No more is begun; what is in flight is waited for, and the run ends with the error. */
  halt(error: Error): void {
    this.#error ??= error
    if (this.#halted) return
    this.#halted = true
    this.#closeInput()
    this.#chunk.reset()
    for (const index of [...this.#again.splice(0), ...this.#chunked.splice(0)]) this.#settle(index, this.#failure(index, error))
    for (const member of this.#lanes.keys()) if (!member.hasEnded) member.send(Call.HALT, this.#id)
    this.#endIfDone()
  }

  // --- input

  /** Puts items into the chunk until it is full. False where there are no more for now. */
  #fill(most: number): boolean {
    while (this.#chunked.length < most && this.#chunk.position < MOST_CHUNK_BYTES) {
      const again = this.#again.pop()
      if (again !== undefined) this.#put(again, this.entries.at(again).item)
      else if (!this.#pull()) return false
    }
    return true
  }

  /** Takes one item. False where there is none, or it is only promised, or none may be taken. */
  #pull(): boolean {
    if (this.#inputDone || this.#pulling) return false
    if (this.entries.open >= this.#limit) {
      this.isPaused = true
      return false
    }
    try {
      const step = this.#input.next()
      if (step instanceof Promise) {
        this.#pulling = true
        step.then(
          (later) => this.#pulled(() => this.#take(later)),
          (cause: unknown) => this.#pulled(() => this.#inputFailed(cause)),
        )
        return false
      }
      return this.#take(step)
    } catch (cause) {
      this.#inputFailed(cause)
      return false
    }
  }

  /** Items that are taken and were not handed over, at most. */
  get #limit(): number {
    return this.#plan.backlog * Math.max(this.#lanes.size, 1)
  }

  #pulled(then: () => void): void {
    this.#pulling = false
    if (!this.#inputDone) then()
    this.pump()
  }

  #take(step: IteratorResult<unknown>): boolean {
    if (step.done === true) {
      this.#inputDone = true
      return false
    }
    const item = this.#plan.take(step.value)
    this.entries.add(this.#plan.keepsItems ? item : undefined)
    this.#outstanding++
    this.#put(this.entries.made - 1, item)
    return true
  }

  #put(index: number, item: unknown): void {
    const writer = this.#chunk
    const begun = writer.position
    try {
      writer.putInt32(index)
      const mark = writer.beginLength()
      this.#plan.put(writer, item)
      writer.patchLength(mark)
      this.#chunked.push(index)
    } catch (error) {
      writer.position = begun
      this.#settle(index, this.#failure(index, error as Error))
    }
  }

  #inputFailed(cause: unknown): void {
    this.#inputDone = true
    this.#inputError ??= { cause }
  }

  #closeInput(): void {
    if (this.#inputDone) return
    this.#inputDone = true
    this.#input.close()
  }

  // --- workers

  #roomOf(member: Member): number {
    return this.#plan.window - (this.#lanes.get(member)?.handed ?? 0)
  }

  /** The worker with the most room; null where none has any. */
  #roomiest(): Member | null {
    let best: Member | null = null
    let most = 0
    for (const member of this.#crew.ready) {
      const room = this.#roomOf(member)
      // A part of a chunk is worth its message only where nothing else is left to do.
      if (room > most && (room >= this.#plan.chunk || room === this.#plan.window)) {
        best = member
        most = room
      }
    }
    return best
  }

  /** Items that came one by one go out at the end of the turn, if their chunk isn't full by then. */
  #flushLater(): void {
    if (this.#flushing || this.#chunked.length === 0) return
    this.#flushing = true
    setImmediate(() => {
      this.#flushing = false
      const member = this.#ended || this.#chunked.length === 0 ? null : this.#roomiest()
      if (member !== null) this.#send(member)
    })
  }

  #send(member: Member): void {
    const lane = this.#laneOf(member)
    const { buffer, position } = this.#chunk
    member.send(Call.FEED, this.#id, (writer) => {
      writer.putInt32(this.#chunked.length)
      writer.putRaw(buffer.subarray(0, position))
    })
    for (const index of this.#chunked) {
      const entry = this.entries.at(index)
      entry.state = HANDED
      entry.member = member
    }
    lane.handed += this.#chunked.length
    member.handed += this.#chunked.length
    this.#sent += this.#chunked.length
    this.#chunked = []
    this.#chunk.reset()
  }

  #laneOf(member: Member): Lane {
    let lane = this.#lanes.get(member)
    if (lane === undefined) {
      lane = { handed: 0, context: this.#plan.newContext() }
      this.#lanes.set(member, lane)
      member.send(Call.RUN, this.#id, (writer) => this.#plan.tell(writer))
    }
    return lane
  }

  onWorker(): void {
    this.pump()
  }

  onOutcomes(member: Member, reader: ByteReader, block: ByteBlock): void {
    const lane = this.#lanes.get(member)
    if (lane === undefined || this.#ended) return
    const count = reader.readInt32()
    for (let i = 0; i < count; i++) {
      const index = reader.readInt32()
      const kind = reader.readUint8()
      const item = this.entries.at(index).item
      if (kind === Outcome.ERROR) this.#settle(index, this.#failure(index, this.#plan.readError(reader)))
      else if (kind === Outcome.DROPPED) this.#settle(index, this.#failure(index, new AbortError('The run ended before this item began')))
      else {
        this.#acknowledged++
        this.#settle(index, { success: true, index, result: this.#plan.read(kind, reader, block, lane.context, item) })
      }
    }
    lane.handed -= count
    member.handed -= count
    this.pump()
  }

  onLost(member: Member, reason: string, cause: Error | undefined): void {
    const lane = this.#lanes.get(member)
    if (lane === undefined) return
    this.#lanes.delete(member)
    for (let index = this.entries.base; index < this.entries.made && lane.handed > 0; index++) {
      const entry = this.entries.at(index)
      if (entry.state !== HANDED || entry.member !== member) continue
      lane.handed--
      entry.member = null
      entry.losses++
      if (this.#plan.idempotent && !this.#halted && entry.losses < MOST_LOSSES) {
        entry.state = WAITS
        this.#again.push(index)
      } else this.#settle(index, this.#failure(index, lostError(member.info, reason, cause)))
    }
    this.#again.sort((a, b) => b - a) // the oldest first: it is taken from the end
    this.pump()
  }

  onNobody(error: Error): void {
    this.stop(error)
  }

  // --- outcomes

  #failure(index: number, error: Error): ParallelOutcome<unknown> {
    return { success: false, index, error }
  }

  #settle(index: number, outcome: ParallelOutcome<unknown>): void {
    if (this.#ended) return
    const entry = this.entries.at(index)
    entry.state = SETTLED
    entry.member = null
    entry.item = undefined
    entry.outcome = outcome
    this.#outstanding--
    this.#reader.onSettled(index)
  }

  #endIfDone(): void {
    if (this.#ended || !this.#inputDone || this.#outstanding > 0 || this.#pumping) return
    const inputError = this.#inputError === null ? null : new ConcurrentInputError(this.#inputError.cause, this.#sent, this.#acknowledged)
    this.#end(this.#error ?? inputError)
  }

  #end(error: Error | null): void {
    this.#ended = true
    this.#crew.unlisten(this.#id)
    for (const [member, lane] of this.#lanes) {
      member.handed -= lane.handed
      if (!member.hasEnded) member.send(Call.STOP, this.#id)
    }
    this.#lanes.clear()
    this.#reader.onEnd(error)
  }
}
