/**
 * A result on the way to the thread or process that asked, which decodes the rows itself: they go as the bytes that the node sent.
 *
 *     [byte flags], then unless flagged PLAIN [short host][value: the host]?[byte consistency][short attempts][short speculative executions],
 *     [int shape]?[value: columns]?[int number of rows][bytes: page state][value: envelope]?[value: tried hosts]?[bytes: rows]
 *     of which PLAIN has, where it has a shape, [int shape][int number of rows][bytes: rows] and otherwise nothing
 *
 * PLAIN: it went as the one before, at once, on the same host, and there is nothing to say of it but its rows.
 * Hosts and shapes (the columns of a result) are told once and called by their number afterwards, so the other half, result-reader.ts, must
 * read every result, in order. A shape gets a number when it is seen the second time: most of those of unprepared statements never are.
 */
import type { Host } from '../metadata/host.js'
import { consistencyCode } from '../protocol/constants.js'
import type { RawRows, ResultSet } from '../session/result-set.js'
import type { ResultShape } from '../session/result-shape.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { factsOf } from './carried-host.js'
import { putValue } from './value-writer.js'

export const ResultFlag = { SHAPE: 1, COLUMNS: 2, ENVELOPE: 4, TRIED: 8, NEW_HOST: 16, DISAGREED: 32, PLAIN: 64 } as const

/** A shape that has no number. */
export const NO_SLOT = -1

/** As many shapes are known by number at a time; then numbers are given anew. */
export const SHAPE_SLOTS = 1024

export const NO_HOST = 0xffff

export class ResultWriter {
  readonly #hosts = new Map<Host, number>()
  /** The number of a shape that was seen; NO_SLOT after the first time. */
  readonly #slotOf = new WeakMap<ResultShape, number>()
  readonly #slots = new Array<ResultShape | undefined>(SHAPE_SLOTS).fill(undefined)
  #nextSlot = 0
  #lastHost: Host | null = null
  #lastConsistency = ''

  put(writer: ByteWriter, result: ResultSet): void {
    const { info, warnings, customPayload, traceId, pageState, length } = result
    const raw = result.rawRows()
    const { shape, block, start, end } = raw
    const { coordinator, triedHosts } = info
    const host = this.#hostNumber(coordinator)
    const isNewHost = coordinator !== null && host === this.#hosts.size
    const slot = shape === null ? NO_SLOT : this.#slotFor(shape)
    const tellsColumns = shape !== null && (slot === NO_SLOT || this.#slots[slot] !== shape)
    const hasEnvelope = warnings.length > 0 || customPayload !== null || traceId !== null
    const isPlain =
      coordinator !== null &&
      coordinator === this.#lastHost &&
      info.achievedConsistency === this.#lastConsistency &&
      info.attempts === 1 &&
      info.speculativeExecutions === 0 &&
      pageState === null &&
      !hasEnvelope &&
      !tellsColumns &&
      triedHosts.size === 0 &&
      info.schemaAgreed
    if (isPlain) return putPlain(writer, slot, length, raw)
    this.#lastHost = coordinator
    this.#lastConsistency = info.achievedConsistency

    let flags = 0
    if (shape !== null) flags |= ResultFlag.SHAPE
    if (tellsColumns) flags |= ResultFlag.COLUMNS
    if (hasEnvelope) flags |= ResultFlag.ENVELOPE
    if (triedHosts.size > 0) flags |= ResultFlag.TRIED
    if (isNewHost) flags |= ResultFlag.NEW_HOST
    if (!info.schemaAgreed) flags |= ResultFlag.DISAGREED

    writer.putUint8(flags)
    writer.putUint16(host)
    if (isNewHost) this.#tellHost(writer, coordinator, host)
    writer.putUint8(consistencyCode(info.achievedConsistency))
    writer.putUint16(Math.min(info.attempts, 0xffff))
    writer.putUint16(Math.min(info.speculativeExecutions, 0xffff))
    if (shape !== null) writer.putInt32(slot)
    if (tellsColumns) this.#tellShape(writer, shape, slot)
    writer.putInt32(length)
    writer.putBytes(pageState)
    if (hasEnvelope) putValue(writer, { traceId: traceId === null ? null : Buffer.from(traceId.toBytes()), warnings, customPayload })
    if (triedHosts.size > 0) putValue(writer, triedHosts)
    writer.putBytes(block === null ? null : block.buffer.subarray(start, end))
  }

  #hostNumber(host: Host | null): number {
    return host === null ? NO_HOST : (this.#hosts.get(host) ?? this.#hosts.size)
  }

  #tellHost(writer: ByteWriter, host: Host, number: number): void {
    this.#hosts.set(host, number)
    putValue(writer, factsOf(host))
  }

  #slotFor(shape: ResultShape): number {
    const known = this.#slotOf.get(shape)
    if (known === undefined) {
      this.#slotOf.set(shape, NO_SLOT)
      return NO_SLOT
    }
    if (known !== NO_SLOT && this.#slots[known] === shape) return known
    return this.#nextSlot
  }

  #tellShape(writer: ByteWriter, shape: ResultShape, slot: number): void {
    putValue(writer, shape.columns)
    if (slot === NO_SLOT) return
    this.#slots[slot] = shape
    this.#slotOf.set(shape, slot)
    this.#nextSlot = (slot + 1) % SHAPE_SLOTS
  }
}

function putPlain(writer: ByteWriter, slot: number, length: number, { shape, block, start, end }: RawRows): void {
  writer.putUint8(shape === null ? ResultFlag.PLAIN : ResultFlag.PLAIN | ResultFlag.SHAPE)
  if (shape === null) return
  writer.putInt32(slot)
  writer.putInt32(length)
  writer.putBytes(block === null ? null : block.buffer.subarray(start, end))
}
