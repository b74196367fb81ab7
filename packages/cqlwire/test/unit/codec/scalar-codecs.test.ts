import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CqlwireError, InvalidArgumentError, MalformedFrameError } from '../../../src/base/errors.js'
import { EMPTY } from '../../../src/codec/empty.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { decodeValue, encodeValue } from '../../../src/codec/value.js'
import { nativeType } from '../../../src/codec/native-names.js'
import { Decimal } from '../../../src/values/decimal.js'
import { Duration } from '../../../src/values/duration.js'
import { LocalDate } from '../../../src/values/local-date.js'
import { LocalTime } from '../../../src/values/local-time.js'
import { TimeUuid } from '../../../src/values/time-uuid.js'
import { Uuid } from '../../../src/values/uuid.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

const hex = (type: string, value: unknown): string => Buffer.from(encodeValue(type, value)).toString('hex')
const refuses = (type: string, value: unknown, message: RegExp): void => {
  assert.throws(
    () => encodeValue(type, value),
    (error: unknown) => error instanceof InvalidArgumentError && message.test(error.message),
    type,
  )
}

describe('integers', () => {
  test('are refused beyond their range, with the range', () => {
    refuses('int', 2147483648, /takes an integer from -2147483648 to 2147483647, got an integer of 10 digits \(number\)/)
    refuses('int', -2147483649, /got a negative integer of 10 digits/)
    refuses('smallint', 32768, /from -32768 to 32767/)
    refuses('tinyint', 128, /from -128 to 127/)
    refuses('tinyint', -129, /got a negative integer of 3 digits/)
  })

  test('are whole numbers, and nothing that merely looks like one', () => {
    for (const type of ['int', 'smallint', 'tinyint']) {
      for (const value of [1.5, NaN, Infinity, '1', 1n, true, [1], {}, new Date()]) refuses(type, value, /takes an integer/)
    }
  })

  test('of 64 bits are taken as bigint, safe number, or text', () => {
    for (const value of [-5n, -5, '-5']) assert.equal(hex('bigint', value), 'fffffffffffffffb')
    assert.equal(hex('bigint', '+5'), '0000000000000005')
    assert.equal(hex('counter', 9007199254740991), '001fffffffffffff')
    refuses(
      'bigint',
      9223372036854775808n,
      /^A value of type bigint takes a bigint from -2\^63 to 2\^63-1 \(a bigint, a safe integer, or its text\), got an integer of 19 digits \(bigint\)$/,
    )
    for (const value of [2 ** 53, 1.5, NaN, '1.5', '', '0x10', ' 1', '9223372036854775808', true, null]) {
      assert.throws(() => encodeValue('bigint', value), InvalidArgumentError)
    }
  })

  test('of any size are in the fewest bytes', () => {
    // The examples of the native protocol's section on varint.
    for (const [value, bytes] of [
      [0, '00'],
      [1, '01'],
      [127, '7f'],
      [128, '0080'],
      [129, '0081'],
      [-1, 'ff'],
      [-128, '80'],
      [-129, 'ff7f'],
    ] as const) {
      assert.equal(hex('varint', value), bytes)
    }
    // More bytes than needed are read all the same: Cassandra takes them as well.
    assert.equal(decodeValue('varint', Buffer.from('000000000000000000000001', 'hex')), 1n)
    assert.equal(decodeValue('varint', Buffer.from('ffffffffffffffffffff', 'hex')), -1n)
    refuses('varint', 1.5, /takes an integer of any size/)
    refuses('varint', 2 ** 60, /safe integer/)
  })
})

describe('the option numbers', () => {
  const read = (kind: 'bigint' | 'varint' | 'decimal', form: string, text: string): unknown => {
    const registry = createCodecRegistry({ numbers: { [kind]: form } })
    const bytes = Buffer.from(encodeValue(kind, text))
    return registry.codecFor(nativeType(kind)).read(byteBlock(bytes), 0, bytes.length)
  }

  test('makes bigint and varint numbers or text', () => {
    for (const kind of ['bigint', 'varint'] as const) {
      assert.equal(read(kind, 'number', '-9007199254740991'), -9007199254740991)
      assert.equal(read(kind, 'string', '9007199254740993'), '9007199254740993')
      assert.equal(read(kind, 'string', '-3'), '-3')
      assert.equal(read(kind, 'bigint', '3'), 3n)
    }
  })

  test('refuses to make a number of what no number can hold', () => {
    for (const kind of ['bigint', 'varint'] as const) {
      assert.throws(
        () => read(kind, 'number', '9007199254740993'),
        (error: unknown) =>
          error instanceof CqlwireError && error.code === 'ERR_UNSAFE_INTEGER' && /'bigint' or 'string'/.test(error.message),
      )
    }
  })

  test('refuses to write out integers so long that it would hold up everything else', () => {
    for (const [kind, form, bytes] of [
      ['varint', 'string', 65_536],
      ['decimal', 'string', 65_540],
      ['decimal', 'number', 65_540],
    ] as const) {
      const codec = createCodecRegistry({ numbers: { [kind]: form } }).codecFor({ kind })
      const readBytes = (length: number): unknown => codec.read(byteBlock(Buffer.alloc(length, 1)), 0, length)
      assert.equal(typeof readBytes(bytes), form)
      assert.throws(
        () => readBytes(bytes + 1),
        (error: unknown) =>
          error instanceof CqlwireError && error.code === 'ERR_UNSAFE_INTEGER' && error.message.includes(`numbers.${kind}`),
      )
    }
  })

  test('makes decimals numbers or text', () => {
    assert.equal(read('decimal', 'number', '1.50'), 1.5)
    assert.equal(read('decimal', 'string', '1.50'), '1.50')
    assert.deepEqual(read('decimal', 'decimal', '1.50'), new Decimal(150n, 2))
  })
})

describe('float and double', () => {
  test('take NaN and infinities', () => {
    assert.ok(Number.isNaN(decodeValue('float', encodeValue('float', NaN))))
    assert.equal(decodeValue('double', encodeValue('double', -Infinity)), -Infinity)
    assert.ok(Object.is(decodeValue('double', encodeValue('double', -0)), -0))
  })

  test('refuse what would become infinite, and what is no number', () => {
    refuses('float', 3.5e38, /32-bit float/)
    refuses('float', '1', /32-bit float/)
    refuses('double', 1n, /takes a number, got an integer of 1 digit \(bigint\)/)
  })
})

describe('text, ascii, boolean, blob', () => {
  test('text is well-formed UTF-8', () => {
    refuses('text', 'ab\ud800', /unpaired surrogate at index 2/)
    refuses('text', 5, /takes a string, got an integer of 1 digit/)
    assert.equal(hex('text', '\ud83d\ude42'), 'f09f9982')
  })

  test('ascii has no characters beyond it', () => {
    refuses('ascii', 'na\u00efve', /another one at index 2/)
    refuses('ascii', `${'x'.repeat(50)}\u{1f642}`, /another one at index 50/)
    refuses('ascii', 5, /takes a string of ASCII/)
  })

  test('boolean is true or false only', () => {
    for (const value of [0, 1, 'true', null]) assert.throws(() => encodeValue('boolean', value), InvalidArgumentError)
    assert.equal(decodeValue('boolean', Buffer.from([7])), true)
  })

  test('blob takes any view of bytes, as it lies in memory', () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4)
    assert.equal(hex('blob', buffer), '01020304')
    assert.equal(hex('blob', new DataView(buffer, 1, 2)), '0203')
    assert.equal(hex('blob', new Uint8Array(buffer, 2)), '0304')
    assert.equal(hex('blob', new Uint16Array(buffer, 2)), '0304')
    assert.equal(hex('blob', Buffer.alloc(100, 7)), '07'.repeat(100))
    refuses('blob', 'cafe', /takes bytes: a Buffer, Uint8Array or ArrayBuffer .*got text of 4 characters \(string\)/)
    refuses('blob', [1, 2], /takes bytes/)
  })

  test('a blob that was read is a copy of its own', () => {
    const bytes = Buffer.from([1, 2, 3])
    const blob = decodeValue('blob', bytes) as Buffer
    bytes.fill(0)
    assert.deepEqual([...blob], [1, 2, 3])
  })
})

describe('identifiers and addresses', () => {
  const v4 = '123e4567-e89b-42d3-a456-426614174000'

  test('uuid takes a Uuid, a TimeUuid, or text', () => {
    assert.equal(hex('uuid', Uuid.fromString(v4)), v4.replaceAll('-', ''))
    assert.equal(hex('uuid', v4.toUpperCase()), v4.replaceAll('-', ''))
    assert.equal(encodeValue('uuid', TimeUuid.now()).length, 16)
    refuses('uuid', 'abc', /takes a Uuid or its text, like .*, got text of 3 characters \(string\)/)
    refuses('uuid', Buffer.alloc(16), /takes a Uuid/)
  })

  test('timeuuid takes version 1 only, of whatever class', () => {
    const time = TimeUuid.now()
    const bytes = Buffer.from(time.toBytes()).toString('hex')
    assert.equal(hex('timeuuid', time), bytes)
    assert.equal(hex('timeuuid', time.toString()), bytes)
    assert.equal(hex('timeuuid', Uuid.fromBytes(time.toBytes())), bytes)
    refuses('timeuuid', v4, /version 1, as TimeUuid.now\(\) makes\), got version 4: 123e4567/)
    refuses('timeuuid', Uuid.random(), /got version 4/)
  })

  test('inet takes an InetAddress or text', () => {
    assert.equal(hex('inet', '127.0.0.1'), '7f000001')
    assert.equal(hex('inet', '::1'), '00000000000000000000000000000001')
    refuses('inet', 'localhost', /takes an InetAddress or its text, .*got text of 9 characters \(string\)$/)
    refuses('inet', 2130706433, /takes an InetAddress/)
  })
})

describe('moments, days, times and spans', () => {
  test('timestamp takes a Date, milliseconds, or ISO 8601 text that says its offset', () => {
    for (const value of [new Date(1000), 1000, '1970-01-01T00:00:01Z', '1970-01-01 00:00:01.000+00:00', '1970-01-01T02:00:01+0200']) {
      assert.equal(hex('timestamp', value), '00000000000003e8', String(value))
    }
    assert.equal(hex('timestamp', '1970-01-02'), '0000000005265c00')
    assert.equal(hex('timestamp', new Date(-1)), 'ffffffffffffffff')
    for (const value of [new Date(NaN), 1.5, 2 ** 53, '1970-01-01T00:00:01', '1 Jan 1970', '1970-13-01', 5n, LocalDate.today()]) {
      refuses('timestamp', value, /takes a valid Date/)
    }
  })

  test('timestamp beyond the reach of Date is read as an invalid Date', () => {
    assert.ok(Number.isNaN((decodeValue('timestamp', encodeValue('bigint', 2n ** 62n)) as Date).getTime()))
  })

  test('date counts from 2^31, and does not take a Date, whose day depends on the zone', () => {
    // Native protocol, section on date: "-5877641-06-23" is 0, the epoch is 2^31.
    assert.equal(hex('date', '-5877641-06-23'), '00000000')
    assert.equal(hex('date', LocalDate.of(1970, 1, 1)), '80000000')
    assert.equal(hex('date', '+5881580-07-11'), 'ffffffff')
    refuses('date', new Date(), /takes a LocalDate or its text.*LocalDate\.fromDate\(date\)/)
    refuses('date', '2023-02-30', /There is no day of this number in that month/)
    refuses('date', 19782, /takes a LocalDate/)
  })

  test('time is within a day', () => {
    assert.equal(hex('time', '00:00:00.000000001'), '0000000000000001')
    assert.equal(hex('time', LocalTime.of(1, 0)), '0000034630b8a000')
    refuses('time', '24:00:00', /There is no time of day/)
    refuses('time', 5, /takes a LocalTime/)
    assert.throws(() => decodeValue('time', encodeValue('bigint', -1n)), MalformedFrameError)
    assert.throws(() => decodeValue('time', encodeValue('bigint', 86_400_000_000_000n)), MalformedFrameError)
  })

  test('duration takes a Duration or text', () => {
    assert.equal(hex('duration', '1mo2d3ns'), '020406')
    assert.equal(hex('duration', new Duration(-1, -2, -3n)), '010305')
    refuses('duration', '5 days', /takes a Duration or its text/)
    refuses('duration', 5, /takes a Duration/)
  })

  test('duration of both signs, of too large parts, or with bytes left is malformed', () => {
    for (const bytes of ['010406', '0204', '02040600', 'f100000000 0204', 'ff']) {
      assert.throws(() => decodeValue('duration', Buffer.from(bytes.replaceAll(' ', ''), 'hex')), MalformedFrameError, bytes)
    }
  })

  test('decimal takes a Decimal, a number, a bigint, or text', () => {
    assert.equal(hex('decimal', new Decimal(-129n, 2)), '00000002ff7f')
    assert.equal(hex('decimal', 1.5), '000000010f')
    assert.equal(hex('decimal', 7n), '0000000007')
    assert.equal(hex('decimal', '1e3'), 'fffffffd01')
    for (const value of [NaN, Infinity, 'abc', true, {}]) refuses('decimal', value, /takes a Decimal, a finite number/)
    assert.throws(() => decodeValue('decimal', Buffer.alloc(4)), MalformedFrameError)
  })
})

describe('values of a wrong length', () => {
  for (const [type, length] of Object.entries({
    int: 4,
    smallint: 2,
    tinyint: 1,
    bigint: 8,
    float: 4,
    double: 8,
    boolean: 1,
    uuid: 16,
    timeuuid: 16,
    timestamp: 8,
    date: 4,
    time: 8,
  })) {
    test(`are no ${type}`, () => {
      for (const wrong of [length - 1, length + 1, 100]) {
        if (wrong === 0) continue
        assert.throws(
          () => decodeValue(type, Buffer.alloc(wrong)),
          (error: unknown) =>
            error instanceof MalformedFrameError && error.message.includes(type) && error.message.includes(`sent ${wrong}`),
        )
      }
    })
  }

  test('are no inet, and no empty', () => {
    for (const length of [1, 3, 5, 15, 17]) assert.throws(() => decodeValue('inet', Buffer.alloc(length)), /4 or 16 bytes/)
    assert.throws(() => decodeValue('empty', Buffer.alloc(1)), /no bytes/)
  })
})

describe('values of no bytes', () => {
  const scalars = [
    'bigint',
    'boolean',
    'counter',
    'date',
    'decimal',
    'double',
    'duration',
    'empty',
    'float',
    'inet',
    'int',
    'smallint',
    'time',
    'timestamp',
    'timeuuid',
    'tinyint',
    'uuid',
    'varint',
  ]
  const keeping = createCodecRegistry({ emptyValues: 'keep' })

  for (const type of scalars) {
    test(`${type}: EMPTY writes them, and they are read as null, or kept`, () => {
      assert.equal(hex(type, EMPTY), '')
      assert.equal(decodeValue(type, Buffer.alloc(0)), null)
      const codec = keeping.codecFor({ kind: type as 'int' })
      assert.equal(codec.read(byteBlock(Buffer.alloc(0)), 0, 0), EMPTY)
    })
  }

  test('are values like others of text, ascii and blob', () => {
    for (const type of ['text', 'ascii'] as const) assert.equal(keeping.codecFor({ kind: type }).read(byteBlock(Buffer.alloc(0)), 0, 0), '')
    assert.deepEqual(keeping.codecFor({ kind: 'blob' }).read(byteBlock(Buffer.alloc(0)), 0, 0), Buffer.alloc(0))
    for (const type of ['text', 'ascii', 'blob']) assert.equal(hex(type, EMPTY), '')
  })

  test('stand in collections with the length 0', () => {
    assert.equal(hex('list<int>', [EMPTY, 1]), '00000002' + '00000000' + '00000004' + '00000001')
    const writer = new ByteWriter(64)
    const codec = keeping.codecFor({ kind: 'list', element: { kind: 'int' }, frozen: false })
    codec.write(writer, [EMPTY, 1])
    assert.deepEqual(codec.read(byteBlock(writer.buffer), 0, writer.position), [EMPTY, 1])
  })

  test('do not stand in vectors of elements without lengths', () => {
    refuses('vector<int, 2>', [EMPTY, 1], /element \[0\] takes a value of 4 bytes/)
  })

  test('null has no bytes at all', () => {
    assert.equal(decodeValue('int', null), null)
    refuses('int', null, /can't be null/)
    refuses('int', undefined, /can't be undefined/)
  })
})

test('text of every length around the fast paths is read as it was written', () => {
  for (let length = 0; length < 70; length++) {
    for (const last of ['', 'z', '\u00e9', '\u65e5', '\u{1f642}']) {
      const text = 'abcdefghij'.repeat(7).slice(0, length) + last
      assert.equal(decodeValue('text', Buffer.from(text)), text)
      assert.equal(hex('text', text), Buffer.from(text).toString('hex'))
    }
  }
})

test('a value is written in the protocol versions 3 to 5, and no other', () => {
  for (const version of [3, 4, 5]) assert.equal(encodeValue('int', 1, version).length, 4)
  assert.throws(() => encodeValue('int', 1, 2), /protocol version is 3, 4 or 5, got 2/)
  assert.throws(() => decodeValue('int', 'abc' as unknown as Uint8Array), /takes bytes/)
})
