import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { formatType } from '../../../src/codec/format-type.js'
import { guessType } from '../../../src/codec/guess-type.js'
import { encodeValue } from '../../../src/codec/value.js'
import { Decimal } from '../../../src/values/decimal.js'
import { Duration } from '../../../src/values/duration.js'
import { InetAddress } from '../../../src/values/inet-address.js'
import { LocalDate } from '../../../src/values/local-date.js'
import { LocalTime } from '../../../src/values/local-time.js'
import { TimeUuid } from '../../../src/values/time-uuid.js'
import { describeValue } from '../../../src/values/describe-value.js'
import { Uuid } from '../../../src/values/uuid.js'

describe('the type of a value whose column nobody knows', () => {
  const guesses: readonly (readonly [string, unknown])[] = [
    ['text', 'abc'],
    ['boolean', false],
    ['int', 5],
    ['int', -2147483648],
    ['bigint', 2147483648],
    ['bigint', 5n],
    ['varint', 2n ** 63n],
    ['double', 1.5],
    ['double', NaN],
    ['double', 1e300],
    ['timestamp', new Date(0)],
    ['uuid', Uuid.random()],
    ['timeuuid', TimeUuid.now()],
    ['date', LocalDate.today()],
    ['time', LocalTime.of(1, 2)],
    ['duration', Duration.fromString('1d')],
    ['decimal', Decimal.fromString('1.5')],
    ['inet', InetAddress.fromString('::1')],
    ['blob', Buffer.alloc(1)],
    ['blob', new Uint8Array(1)],
    ['blob', new ArrayBuffer(1)],
    ['vector<float, 3>', new Float32Array(3)],
    ['list<int>', [1, 2]],
    ['list<text>', []],
    ['set<text>', new Set(['a'])],
    ['map<int, text>', new Map([[1, 'a']])],
    ['map<text, int>', { a: 1 }],
    ['list<list<map<text, uuid>>>', [[{ a: Uuid.random() }]]],
  ]
  for (const [expected, value] of guesses) {
    test(`${expected} of ${typeof value === 'object' ? (value as object).constructor.name : describeValue(value)}`, () => {
      const type = guessType(value)
      assert.equal(formatType(type), expected)
      assert.doesNotThrow(() => encodeValue(type, value))
    })
  }

  test('is not made up where there is none', () => {
    for (const value of [null, undefined, Symbol('x'), () => 0, new WeakMap(), [null]]) {
      assert.throws(
        () => guessType(value),
        (error: unknown) => error instanceof InvalidArgumentError && /can't be guessed: prepare the statement/.test(error.message),
      )
    }
  })

  test('is not sought for ever in a value that contains itself', () => {
    const circular: unknown[] = []
    circular.push(circular)
    assert.throws(() => guessType(circular), /more than 64 deep can't be guessed: does it contain itself\?/)
  })
})
