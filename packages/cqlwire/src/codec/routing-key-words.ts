/**
 * Partition keys of 4, 8 or 16 bytes as big-endian words. Most keys are such, and a number that goes straight to the hash costs a third of
 * one that is written to a buffer by its codec and read from there again.
 */
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import type { DataType } from './data-type.js'
import { long, longHalves, LOW } from './long-halves.js'

/** Leaves the bytes of the value as words; returns how many. 0, for any value but the usual ones: the codec says what it thinks of it. */
export type PutWords = (value: unknown, into: Int32Array) => number

const putInt: PutWords = (value, into) => {
  if (typeof value !== 'number' || (value | 0) !== value) return 0
  into[0] = value
  return 1
}

const putLong: PutWords = (value, into) => {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) return 0
    long[0] = value
    into[0] = longHalves[1 - LOW]!
    into[1] = longHalves[LOW]!
    return 2
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return 0
  into[0] = Math.floor(value / 0x1_0000_0000)
  into[1] = value | 0
  return 2
}

const putUuid: PutWords = (value, into) => (value instanceof Uuid ? putWords(value, into) : 0)

// Of another version than 1: the codec refuses it.
const putTimeUuid: PutWords = (value, into) => (value instanceof TimeUuid && (value.word1 & 0xf000) === 0x1000 ? putWords(value, into) : 0)

function putWords(value: Uuid, into: Int32Array): number {
  into[0] = value.word0
  into[1] = value.word1
  into[2] = value.word2
  into[3] = value.word3
  return 4
}

const writers: Readonly<Partial<Record<string, PutWords>>> = { int: putInt, bigint: putLong, uuid: putUuid, timeuuid: putTimeUuid }

/** Null for types whose keys go as bytes. */
export function putWordsOf(type: DataType): PutWords | null {
  return writers[type.kind] ?? null
}
