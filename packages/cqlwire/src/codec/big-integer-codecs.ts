/**
 * bigint and counter (native protocol, section 6.2): 64-bit two's complement integers. varint (6.23): any length, as few bytes as will do.
 *
 * The registry's `numbers` says what they are read as: bigint by default. Read as `'number'`, a value beyond the safe integers throws
 * rather than being changed silently.
 */
import { CqlwireError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { NumberForms } from './codec.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'
import { checkTextLength, readVarint, writeVarint } from './varint-bytes.js'

const INTEGER_TEXT = /^[+-]?\d{1,100000}$/
const TWO_32 = 0x1_0000_0000
const INT64_TAKES = 'a bigint from -2^63 to 2^63-1 (a bigint, a safe integer, or its text)'
const VARINT_TAKES = 'an integer of any size (a bigint, a safe integer, or its text)'

type IntegerForm = NumberForms['bigint']

/** The integer that text or a safe number stands for; undefined for all else. */
function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && INTEGER_TEXT.test(value) ? BigInt(value.startsWith('+') ? value.slice(1) : value) : undefined
}

/** A 64-bit integer as a number, for those known to be safe; exact up to 2^53. */
export function readInt64AsNumber(block: ByteBlock, start: number): number {
  return block.view.getInt32(start) * TWO_32 + block.view.getUint32(start + 4)
}

/** Writes a safe integer as 64 bits, without a bigint in between. */
export function writeSafeInt64(writer: ByteWriter, value: number): void {
  writer.putInt64(Math.floor(value / TWO_32), value | 0)
}

function unsafeInteger(kind: string): never {
  throw new CqlwireError(
    `A ${kind} is beyond the safe integers, so a number can't hold it exactly: read this type as 'bigint' or 'string' (the option numbers.${kind === 'varint' ? kind : 'bigint'})`,
    { code: 'ERR_UNSAFE_INTEGER' },
  )
}

export class BigintCodec extends ScalarCodec {
  readonly #form: IntegerForm

  constructor(kind: 'bigint' | 'counter', form: IntegerForm, emptyValue: EmptyValue) {
    super(kind, 8, emptyValue)
    this.#form = form
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) return refuse(value, INT64_TAKES)
      writeSafeInt64(writer, value)
      return
    }
    const integer = toBigInt(value)
    if (integer === undefined || BigInt.asIntN(64, integer) !== integer) return refuse(value, INT64_TAKES)
    writer.putBigInt64(integer)
  }

  read(block: ByteBlock, start: number, end: number): bigint | number | string | EmptyValue {
    if (end - start !== 8) return this.oddLength(end - start, '8 bytes')
    if (this.#form === 'bigint') return block.view.getBigInt64(start)
    const number = readInt64AsNumber(block, start)
    if (Number.isSafeInteger(number)) return this.#form === 'number' ? number : `${number}`
    const integer = block.view.getBigInt64(start)
    return this.#form === 'string' ? `${integer}` : unsafeInteger(this.type.kind)
  }
}

export class VarintCodec extends ScalarCodec {
  readonly #form: IntegerForm

  constructor(form: IntegerForm, emptyValue: EmptyValue) {
    super('varint', -1, emptyValue)
    this.#form = form
  }

  write(writer: ByteWriter, value: unknown): void {
    const integer = toBigInt(value)
    if (integer === undefined) return refuse(value, VARINT_TAKES)
    writeVarint(writer, integer)
  }

  read(block: ByteBlock, start: number, end: number): bigint | number | string | EmptyValue {
    if (end === start) return this.emptyValue
    const integer = readVarint(block, start, end)
    if (this.#form === 'bigint') return integer
    if (this.#form === 'string') {
      checkTextLength(end - start, 'varint')
      return `${integer}`
    }
    const number = Number(integer)
    return Number.isSafeInteger(number) ? number : unsafeInteger('varint')
  }
}
