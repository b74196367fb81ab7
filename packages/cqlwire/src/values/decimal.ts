/** Decimal numbers of any precision (CQL `decimal`): an integer and how many of its digits stand after the point. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { showAsText } from './inspect-as.js'

const MOST_SCALE = 2 ** 31 - 1
const TEXT = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,10}))?$/i

/** Immutable. The value is `unscaled * 10 ** -scale`; 1.0 and 1.00 are equal, though written differently. */
export class Decimal {
  readonly unscaled: bigint
  /** A 32-bit integer; negative scales stand for trailing zeros before the point. */
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    if (typeof unscaled !== 'bigint') {
      throw new InvalidArgumentError(`The unscaled value of a Decimal is a bigint, got ${describeValue(unscaled)}`)
    }
    if (!Number.isInteger(scale) || scale > MOST_SCALE || scale < -MOST_SCALE - 1) {
      throw new InvalidArgumentError(`The scale of a Decimal is an integer from -2^31 to 2^31-1, got ${describeValue(scale)}`)
    }
    this.unscaled = unscaled
    this.scale = scale | 0
  }

  /** From text like `-12.50`, `.5` or `1.2e-7`; the digits are kept as written, trailing zeros too. */
  static fromString(text: string): Decimal {
    const match = typeof text === 'string' ? TEXT.exec(text) : null
    if (match === null) throw new InvalidArgumentError(`A Decimal takes text like '-12.50' or '1.2e-7', got ${describeValue(text)}`)
    const [, sign, before = '', after = '', exponent = '0'] = match
    const magnitude = BigInt(before + after)
    return new Decimal(sign === '-' ? -magnitude : magnitude, after.length - Number(exponent))
  }

  /** The decimal that JavaScript prints for the number: `fromNumber(0.1)` is exactly 0.1. NaN and Infinity throw. */
  static fromNumber(value: number): Decimal {
    if (!Number.isFinite(value)) throw new InvalidArgumentError(`A Decimal takes a finite number, got ${describeValue(value)}`)
    return Decimal.fromString(String(value))
  }

  /** The nearest number; Infinity where it is too large. */
  toNumber(): number {
    return Number(this.toString())
  }

  /** Equal in value, whatever the scale. */
  equals(other: unknown): boolean {
    return other instanceof Decimal && this.compare(other) === 0
  }

  /** -1, 0 or 1, by value. */
  compare(other: Decimal): number {
    const sign = signOf(this.unscaled)
    const bySign = sign - signOf(other.unscaled)
    if (bySign !== 0) return Math.sign(bySign)
    if (sign === 0) return 0
    if (this.scale === other.scale) return order(this.unscaled, other.unscaled)
    // The places of the first digits decide; where they agree, the scales differ by no more than there are digits, so aligning is cheap.
    const byPlace = digits(this.unscaled).length - this.scale - (digits(other.unscaled).length - other.scale)
    if (byPlace !== 0) return byPlace > 0 ? sign : -sign
    const difference = this.scale - other.scale
    return difference > 0
      ? order(this.unscaled, other.unscaled * 10n ** BigInt(difference))
      : order(this.unscaled * 10n ** BigInt(-difference), other.unscaled)
  }

  /** As Java's BigDecimal prints it: plain for moderate scales, else with an exponent like `1.23E+7`; `fromString` gives the same Decimal back. */
  toString(): string {
    const { unscaled, scale } = this
    if (scale === 0) return `${unscaled}`
    const text = digits(unscaled)
    const sign = unscaled < 0n ? '-' : ''
    const exponent = text.length - 1 - scale
    if (scale > 0 && exponent >= -6) {
      const padded = text.padStart(scale + 1, '0')
      return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
    }
    const fraction = text.length > 1 ? `.${text.slice(1)}` : ''
    return `${sign}${text[0]}${fraction}E${exponent < 0 ? '' : '+'}${exponent}`
  }

  toJSON(): string {
    return this.toString()
  }

  static {
    showAsText(this.prototype)
  }
}

function signOf(value: bigint): number {
  return value === 0n ? 0 : value < 0n ? -1 : 1
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The digits of the magnitude. */
function digits(value: bigint): string {
  return (value < 0n ? -value : value).toString()
}
