/** A run in a worker: items come in chunks, so many are in flight at a time, and outcomes go back in batches, as they are there. */
import { AbortError } from '../base/errors.js'
import type { ResultSet } from '../session/result-set.js'
import { ResultWriter } from '../transfer/result-writer.js'
import { putValue } from '../transfer/value-writer.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { Outbox } from './channel.js'
import { refuseUncloneable } from './cloneable.js'
import { Answer, Outcome } from './messages.js'

/** Something that was started and can be given up. */
export interface Cancellable {
  cancel(error: Error): void
}

/** Starts an item, which lies in the block; `slot` is told how it ends. What is wrong at once may be thrown. */
export type StartItem = (block: ByteBlock, start: number, end: number, slot: Slot) => Cancellable | null

interface Chunk {
  readonly reader: ByteReader
  readonly block: ByteBlock
  left: number
}

/** Outcomes of so many bytes leave, however few they are; and all do after a millisecond, or when there is nothing else to do. */
const MOST_BYTES = 262_144
const PATIENCE_MS = 1

/** One of the places for what is in flight, used again and again. */
export class Slot {
  index = 0
  running: Cancellable | null = null
  readonly onResult: (result: ResultSet) => void
  readonly onError: (error: Error) => void
  readonly onValue: (value: unknown) => void

  constructor(run: WorkerRun) {
    this.onResult = (result) => run.settled(this, Outcome.RESULT, result)
    this.onError = (error) => run.settled(this, Outcome.ERROR, error)
    this.onValue = (value) => run.settled(this, Outcome.VALUE, value)
  }
}

export class WorkerRun {
  readonly #id: number
  readonly #concurrency: number
  readonly #batch: number
  readonly #outbox: Outbox
  readonly #results = new ResultWriter()
  readonly #writer = new ByteWriter(8_192)
  readonly #chunks: Chunk[] = []
  readonly #free: Slot[] = []
  readonly #busy = new Set<Slot>()
  /** Null until the statement is prepared, or the module loaded. */
  #start: StartItem | null = null
  #count = 0
  #pumping = false
  #isStopped = false
  #timer: NodeJS.Timeout | null = null

  /** `batch`: so many outcomes leave together. */
  constructor(id: number, concurrency: number, batch: number, outbox: Outbox) {
    this.#id = id
    this.#batch = batch
    this.#concurrency = concurrency
    this.#outbox = outbox
  }

  begin(start: StartItem): void {
    this.#start = start
    this.#pump()
  }

  /** It can't begin: every item fails with the error. */
  fail(error: Error): void {
    this.begin((_block, _start, _end, slot) => {
      slot.onError(error)
      return null
    })
  }

  /** `[int n]` and n items. */
  feed(reader: ByteReader, block: ByteBlock): void {
    const left = reader.readInt32()
    if (this.#isStopped || left === 0) return
    this.#chunks.push({ reader, block, left })
    this.#pump()
  }

  /** What has not begun is dropped, and said to be. */
  halt(): void {
    for (const chunk of this.#chunks.splice(0))
      for (; chunk.left > 0; chunk.left--) this.#outcome(nextItem(chunk.reader).index, Outcome.DROPPED, null)
    this.#flushWhenIdle()
  }

  /** Nobody wants outcomes any more: what is in flight is cancelled. */
  stop(): void {
    this.#isStopped = true
    this.#chunks.length = 0
    const reason = new AbortError('The parallel run was stopped')
    for (const slot of [...this.#busy]) slot.running?.cancel(reason)
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #pump(): void {
    const start = this.#start
    if (start === null || this.#pumping) return
    this.#pumping = true
    let chunk = this.#chunks[0]
    while (chunk !== undefined && this.#busy.size < this.#concurrency) {
      const item = nextItem(chunk.reader)
      this.#startItem(start, chunk.block, item.index, item.start, chunk.reader.position)
      if (--chunk.left === 0) this.#chunks.shift()
      chunk = this.#chunks[0]
    }
    this.#pumping = false
    this.#flushWhenIdle()
  }

  #startItem(start: StartItem, block: ByteBlock, index: number, from: number, end: number): void {
    const slot = this.#free.pop() ?? new Slot(this)
    slot.index = index
    slot.running = null
    this.#busy.add(slot)
    try {
      const running = start(block, from, end, slot)
      // It may be over already, and the slot another item's.
      if (slot.index === index && this.#busy.has(slot)) slot.running = running
    } catch (error) {
      slot.onError(error as Error)
    }
  }

  /** Called by a slot. */
  settled(slot: Slot, kind: number, outcome: unknown): void {
    if (!this.#busy.delete(slot)) return
    slot.running = null
    this.#free.push(slot)
    if (this.#isStopped) return
    this.#outcome(slot.index, kind, outcome)
    this.#pump()
  }

  #outcome(index: number, kind: number, outcome: unknown): void {
    const writer = this.#writer
    const begun = writer.position
    writer.putInt32(index)
    writer.putUint8(kind)
    try {
      if (kind === Outcome.RESULT) this.#results.put(writer, outcome as ResultSet)
      else if (kind === Outcome.VALUE) {
        refuseUncloneable(outcome)
        putValue(writer, outcome)
      } else if (kind === Outcome.ERROR) putValue(writer, asError(outcome))
    } catch (error) {
      writer.position = begun
      return this.#outcome(index, Outcome.ERROR, error)
    }
    this.#count++
    if (this.#count >= this.#batch || writer.position > MOST_BYTES) this.#flush()
    else if (this.#count === 1) this.#flushLater()
  }

  #flushWhenIdle(): void {
    if (this.#busy.size === 0 && this.#chunks.length === 0) this.#flush()
  }

  #flushLater(): void {
    if (this.#timer === null) this.#timer = setTimeout(() => this.#flush(), PATIENCE_MS)
    else this.#timer.refresh()
  }

  #flush(): void {
    if (this.#count === 0 || this.#isStopped) return
    const frame = this.#outbox.begin(Answer.OUTCOMES, this.#id)
    frame.putInt32(this.#count)
    frame.putRaw(this.#writer.buffer.subarray(0, this.#writer.position))
    this.#outbox.end()
    this.#writer.reset()
    this.#count = 0
  }
}

/** Moves the reader over an item. */
function nextItem(reader: ByteReader): { readonly index: number; readonly start: number } {
  const index = reader.readInt32()
  const length = reader.readInt32()
  const start = reader.position
  reader.need(length, 'item')
  reader.position = start + length
  return { index, start }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
