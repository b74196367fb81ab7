/** decimal (native protocol, section 6.7): an [int] scale, then the unscaled digits as a varint. */
import { MalformedFrameError } from '../base/errors.js'
import { Decimal } from '../values/decimal.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { NumberForms } from './codec.js'
import { refuse, refuseText, ScalarCodec, type EmptyValue } from './scalar-codec.js'
import { checkTextLength, readVarint, writeVarint } from './varint-bytes.js'

const TAKES = "a Decimal, a finite number, a bigint, or text like '-12.50'"

/** Read as a Decimal by default; as `'number'`, the nearest double; as `'string'`, the Decimal's text. */
export class DecimalCodec extends ScalarCodec {
  readonly #form: NumberForms['decimal']

  constructor(form: NumberForms['decimal'], emptyValue: EmptyValue) {
    super('decimal', -1, emptyValue)
    this.#form = form
  }

  write(writer: ByteWriter, value: unknown): void {
    const decimal = toDecimal(value)
    if (decimal === undefined) return refuse(value, TAKES)
    writer.putInt32(decimal.scale)
    writeVarint(writer, decimal.unscaled)
  }

  read(block: ByteBlock, start: number, end: number): Decimal | number | string | EmptyValue {
    const length = end - start
    if (length === 0) return this.emptyValue
    if (length < 5) throw new MalformedFrameError(`A decimal has 4 bytes of scale and at least one of digits, the server sent ${length}`)
    const decimal = new Decimal(readVarint(block, start + 4, end), block.view.getInt32(start))
    if (this.#form === 'decimal') return decimal
    checkTextLength(length - 4, 'decimal')
    return this.#form === 'number' ? decimal.toNumber() : decimal.toString()
  }
}

function toDecimal(value: unknown): Decimal | undefined {
  if (value instanceof Decimal) return value
  if (typeof value === 'bigint') return new Decimal(value, 0)
  if (typeof value === 'number') return Number.isFinite(value) ? Decimal.fromNumber(value) : undefined
  if (typeof value !== 'string') return undefined
  try {
    return Decimal.fromString(value)
  } catch (error) {
    return refuseText(value, TAKES, error)
  }
}
