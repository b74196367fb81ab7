import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MalformedFrameError } from '../../src/base/errors.js'
import type { UdtType, DataType } from '../../src/codec/data-type.js'
import { formatType } from '../../src/codec/format-type.js'
import { typeKey } from '../../src/codec/type-key.js'
import { parseType } from '../../src/codec/parse-type.js'
import { decodeValue, encodeValue } from '../../src/codec/value.js'
import { Decimal } from '../../src/values/decimal.js'
import { Duration } from '../../src/values/duration.js'
import { InetAddress } from '../../src/values/inet-address.js'
import { LocalDate } from '../../src/values/local-date.js'
import { LocalTime } from '../../src/values/local-time.js'
import { Uuid } from '../../src/values/uuid.js'
import { dataTypes, nativeValues, typedValues } from '../support/type-arbitraries.js'

function decodesOrRefuses(type: DataType, bytes: Uint8Array): void {
  try {
    decodeValue(type, bytes)
  } catch (error) {
    assert.ok(error instanceof MalformedFrameError, String(error))
  }
}

describe('every value round-trips', () => {
  for (const [kind, values] of Object.entries(nativeValues)) {
    test(kind, () => {
      fc.assert(
        fc.property(values, (value) => {
          assert.deepEqual(decodeValue(kind, encodeValue(kind, value)), value)
        }),
        { numRuns: 200 },
      )
    })
  }

  test('nested in collections, tuples, user types and vectors', () => {
    fc.assert(
      fc.property(typedValues(3), ({ type, value }) => {
        assert.deepEqual(decodeValue(type, encodeValue(type, value)), value)
      }),
      { numRuns: 500 },
    )
  })
})

describe('bytes that are no value', () => {
  test('of any kind are refused as malformed or read, and nothing else happens', () => {
    fc.assert(
      fc.property(dataTypes(3), fc.uint8Array({ maxLength: 60 }), (type, bytes) => decodesOrRefuses(type, bytes)),
      { numRuns: 1000 },
    )
  })

  test('cut off anywhere are refused as malformed or read', () => {
    fc.assert(
      fc.property(typedValues(3), fc.nat(), ({ type, value }, cut) => {
        const bytes = encodeValue(type, value)
        decodesOrRefuses(type, bytes.subarray(0, cut % (bytes.length + 1)))
      }),
      { numRuns: 500 },
    )
  })

  test('changed in one place are refused as malformed or read', () => {
    fc.assert(
      fc.property(typedValues(3), fc.nat(), fc.nat({ max: 255 }), ({ type, value }, at, byte) => {
        const bytes = encodeValue(type, value)
        if (bytes.length > 0) bytes[at % bytes.length] = byte
        decodesOrRefuses(type, bytes)
      }),
      { numRuns: 500 },
    )
  })
})

describe('texts', () => {
  test('of types are parsed as the types they were made of', () => {
    fc.assert(
      fc.property(dataTypes(3), (type) => {
        const known: UdtType[] = []
        collectUdts(type, known)
        // User types of one name may differ here: they come back in the order of the text.
        const parsed = parseType(formatType(type), () => known.shift())
        assert.equal(typeKey(parsed), typeKey(type))
      }),
      { numRuns: 300 },
    )
  })

  test('of types are never taken for anything but a type or an InvalidArgumentError', () => {
    const piece = fc.constantFrom(
      'map',
      'list',
      '<',
      '>',
      '(',
      ')',
      ',',
      ' ',
      '"',
      "'",
      '.',
      'int',
      'frozen',
      'UserType',
      'ListType',
      '3',
      ':',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          assert.equal(typeof parseType(pieces.join('')).kind, 'string')
        } catch (error) {
          assert.equal((error as Error).name, 'InvalidArgumentError')
        }
      }),
      { numRuns: 1000 },
    )
  })

  const textual = { uuid: Uuid, decimal: Decimal, duration: Duration, inet: InetAddress, date: LocalDate, time: LocalTime } as const
  for (const [kind, type] of Object.entries(textual)) {
    test(`of ${kind} values give the value back`, () => {
      fc.assert(
        fc.property(nativeValues[kind as keyof typeof textual], (value) => {
          assert.deepEqual(type.fromString(String(value)), value)
        }),
        { numRuns: 200 },
      )
    })
  }
})

/** In the order that their names stand in the text. */
function collectUdts(type: DataType, into: UdtType[]): void {
  if (type.kind === 'udt') into.push(type)
  else if (type.kind === 'tuple') type.elements.forEach((element) => collectUdts(element, into))
  else if (type.kind === 'map') [type.key, type.value].forEach((part) => collectUdts(part, into))
  else if ('element' in type) collectUdts(type.element, into)
}
