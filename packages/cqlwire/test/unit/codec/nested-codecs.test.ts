import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError, MalformedFrameError } from '../../../src/base/errors.js'
import type { DataType } from '../../../src/codec/data-type.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { decodeValue, encodeValue } from '../../../src/codec/value.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

const hex = (type: string | DataType, value: unknown): string => Buffer.from(encodeValue(type, value)).toString('hex')
const decode = (type: string | DataType, bytes: string): unknown => decodeValue(type, Buffer.from(bytes.replaceAll(' ', ''), 'hex'))
const refuses = (type: string | DataType, value: unknown, message: RegExp): void => {
  assert.throws(
    () => encodeValue(type, value),
    (error: unknown) => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
      return true
    },
  )
}
const malformed = (type: string | DataType, bytes: string): void => {
  assert.throws(() => decode(type, bytes), MalformedFrameError, `${typeof type === 'string' ? type : type.kind} ${bytes}`)
}

const address: DataType = {
  kind: 'udt',
  keyspace: 'shop',
  name: 'address',
  fieldNames: ['street', 'number', '__proto__', 'constructor'],
  fieldTypes: [{ kind: 'text' }, { kind: 'int' }, { kind: 'int' }, { kind: 'int' }],
  frozen: true,
}

describe('list and set', () => {
  test('take arrays and other iterables, a set of course a Set', () => {
    const expected = hex('list<int>', [1, 2])
    assert.equal(hex('list<int>', new Set([1, 2])), expected)
    assert.equal(hex('list<int>', Int16Array.of(1, 2)), expected)
    assert.equal(
      hex(
        'list<int>',
        (function* () {
          yield 1
          yield 2
        })(),
      ),
      expected,
    )
    assert.equal(hex('set<int>', new Set([1, 2])), expected)
    assert.equal(hex('set<int>', [1, 2]), expected)
    assert.deepEqual(decode('set<int>', expected), new Set([1, 2]))
  })

  test('do not take text, maps or single values', () => {
    for (const type of ['list<text>', 'set<text>']) {
      for (const value of ['abc', new Map([['a', 'b']]), { a: 1 }, 5, true]) refuses(type, value, /takes an? (Set, an )?array/)
    }
  })

  test('say which element is wrong', () => {
    refuses('list<int>', [1, 'x'], /type list<int> element \[1\] takes an integer .*got text of 1 character \(string\)/)
    refuses('set<int>', new Set([1, 1.5]), /element \[1\] takes an integer/)
    refuses('list<frozen<list<int>>>', [[1], [2, 'x']], /element \[1\] element \[1\] takes an integer/)
    refuses('list<int>', [1, null], /element \[1\] takes a value, got null: null is not allowed in a list/)
    refuses('set<int>', [undefined], /got undefined: null is not allowed in a set/)
    // eslint-disable-next-line no-sparse-arrays -- a hole is what is tested
    refuses('list<int>', [1, , 2], /element \[1\] takes a value, got undefined/)
  })

  test('read null elements, which other clients can write', () => {
    assert.deepEqual(decode('list<int>', '00000002 ffffffff 00000004 00000007'), [null, 7])
  })

  test('believe no count and no length that the bytes cannot hold', () => {
    malformed('list<int>', '7fffffff')
    malformed('list<int>', '7fffffff 00000004 00000001')
    malformed('list<int>', 'ffffffff')
    malformed('list<int>', '0000')
    malformed('list<int>', '00000001 00000004 000000')
    malformed('list<int>', '00000001 7fffffff 00000001')
    malformed('list<int>', '00000002 00000004 00000001 0000')
    malformed('set<int>', '00000001 00000004 00000001 00')
  })

  test('of a value that contains itself are refused, as their type ends', () => {
    const circular: unknown[] = []
    circular.push(circular)
    refuses('list<int>', circular, /element \[0\] takes an integer .*got an array of 1/)
    refuses('list<frozen<list<int>>>', circular, /element \[0\] element \[0\] takes an integer/)
  })
})

describe('map', () => {
  test('takes a Map, pairs, and with text keys a plain object', () => {
    const expected = hex('map<text, int>', new Map([['a', 1]]))
    assert.equal(expected, '00000001' + '00000001' + '61' + '00000004' + '00000001')
    assert.equal(hex('map<text, int>', { a: 1 }), expected)
    assert.equal(hex('map<ascii, int>', Object.assign(Object.create(null) as object, { a: 1 })), expected)
    assert.equal(hex('map<text, int>', [['a', 1]]), expected)
    assert.equal(hex('map<text, int>', new Map([['a', 1]]).entries()), expected)
    assert.equal(hex('map<int, int>', []), '00000000')
  })

  test('refuses what is none, and says which entry is wrong', () => {
    refuses('map<int, int>', { 1: 2 }, /takes a Map, or an iterable of \[key, value\] pairs, got an object/)
    refuses('map<text, int>', 'abc', /takes a Map, a plain object, or/)
    refuses('map<text, int>', new Date(), /takes a Map/)
    refuses('map<text, int>', ['ab'], /entry \[0\] takes a \[key, value\] pair, got text of 2 characters/)
    refuses('map<text, int>', { a: 'x' }, /value of entry \[0\] takes an integer/)
    refuses('map<int, int>', new Map([['x', 1]]), /key of entry \[0\] takes an integer/)
    refuses('map<text, int>', { a: null }, /value of entry \[0\] takes a value, got null/)
    refuses('map<text, int>', new Map([[null, 1]]), /null is not allowed in a map's keys/)
  })

  test('is read as a Map, whatever its keys are called', () => {
    const bytes = hex(
      'map<text, int>',
      new Map([
        ['__proto__', 1],
        ['toString', 2],
      ]),
    )
    assert.deepEqual(
      decode('map<text, int>', bytes),
      new Map([
        ['__proto__', 1],
        ['toString', 2],
      ]),
    )
    assert.deepEqual(decode('map<text, int>', '00000001 00000001 61 ffffffff'), new Map([['a', null]]))
  })

  test('believes no count and no length', () => {
    malformed('map<text, int>', '10000000 00000001 61 00000004 00000001')
    malformed('map<text, int>', '00000001 00000001 61')
    malformed('map<text, int>', '00000001 00000005 61 00000004 00000001')
    malformed('map<text, int>', '00000001 00000001 61 00000004 00000001 00')
  })
})

describe('tuple', () => {
  test('takes at most its elements: those that are missing are null', () => {
    assert.equal(hex('tuple<int, text>', [1]), '00000004' + '00000001' + 'ffffffff')
    assert.equal(hex('tuple<int, text>', [undefined, 'a']), 'ffffffff' + '00000001' + '61')
    refuses('tuple<int, text>', [1, 'a', 2], /at most 2 elements, got 3/)
    refuses('tuple<int, text>', { 0: 1 }, /takes an array of at most 2 elements/)
    refuses('tuple<int, text>', [1, 2], /element \[1\] takes a string/)
  })

  test('that ends early has nulls, that goes on is malformed', () => {
    assert.deepEqual(decode('tuple<int, text>', '00000004 00000001'), [1, null])
    assert.deepEqual(decode('tuple<int, text>', ''), [null, null])
    malformed('tuple<int, text>', '00000004 00000001 00000001 61 00')
    malformed('tuple<int, text>', '00000004 0000')
    malformed('tuple<int, text>', '0000')
  })
})

describe('user-defined types', () => {
  test('take objects: fields that they lack are null', () => {
    assert.equal(hex(address, { number: 5 }), 'ffffffff' + '00000004' + '00000005' + 'ffffffff'.repeat(2))
    assert.equal(hex(address, {}), 'ffffffff'.repeat(4))
    assert.equal(hex(address, { street: undefined, number: null }), 'ffffffff'.repeat(4))
  })

  test('take instances of classes, with getters and with more than the fields', () => {
    class Address {
      private readonly hidden = 'High Street'
      readonly other = 1
      get street(): string {
        return this.hidden
      }
    }
    assert.equal(hex(address, new Address()).slice(0, 30), '0000000b' + Buffer.from('High Street').toString('hex'))
  })

  test('refuse fields that they have not, with the nearest that they have', () => {
    refuses(address, { sreet: 'x' }, /takes no field 'sreet': shop.address has none of that name; did you mean 'street'\?/)
    refuses(address, { street: 'x', zzzzzz: undefined, qqqqqq: 1 }, /takes no field 'zzzzzz'/)
    refuses(address, { street: 5 }, /field 'street' takes a string, got an integer/)
  })

  test('refuse what is not an object with any of their fields', () => {
    for (const value of ['x', 5, ['a', 1], new Map([['street', 'x']]), new Date(), new Set(['street'])]) {
      refuses({ ...address, fieldNames: ['street', 'number', 'a', 'b'] }, value, /takes an object with the fields street, number, a, b/)
    }
  })

  test('read every field as an own property, __proto__ too, and change no prototype', () => {
    const value = decode(address, '00000001 61 00000004 00000005 00000004 00000006 00000004 00000007') as Record<string, unknown>
    assert.deepEqual(Object.entries(value), [
      ['street', 'a'],
      ['number', 5],
      ['__proto__', 6],
      ['constructor', 7],
    ])
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
    assert.equal(hex(address, value), '0000000161' + '0000000400000005' + '0000000400000006' + '0000000400000007')
  })

  test('altered since are read: missing fields are null, unknown ones at the end passed over', () => {
    const early = decode(address, '00000001 61') as Record<string, unknown>
    assert.deepEqual(Object.keys(early), ['street', 'number', '__proto__', 'constructor'])
    assert.equal(early['number'], null)
    const late = decode(address, '00000001 61 ffffffff ffffffff ffffffff 00000004 00000001')
    assert.deepEqual(late, early)
    malformed(address, '00000005 61')
    malformed(address, '0000')
  })
})

describe('vector', () => {
  test('of floats takes typed arrays, arrays and iterables, and is read as a Float32Array of its own', () => {
    const expected = '3f800000' + '40000000'
    for (const value of [Float32Array.of(1, 2), Float64Array.of(1, 2), [1, 2], new Set([1, 2]), new Float32Array([0, 1, 2]).subarray(1)]) {
      assert.equal(hex('vector<float, 2>', value), expected)
    }
    const bytes = Buffer.from('00' + expected, 'hex').subarray(1)
    const floats = decodeValue('vector<float, 2>', bytes) as Float32Array
    bytes.fill(0)
    assert.deepEqual(floats, Float32Array.of(1, 2))
  })

  test('of floats, short or long, has the bytes that DataView writes', () => {
    for (const dimensions of [1, 63, 64, 65, 300]) {
      const floats = Float32Array.from({ length: dimensions }, (_, i) => i / 3 - 10)
      const expected = Buffer.alloc(dimensions * 4)
      floats.forEach((float, i) => expected.writeFloatBE(float, i * 4))
      assert.equal(hex(`vector<float, ${dimensions}>`, floats), expected.toString('hex'))
      assert.equal(hex(`vector<float, ${dimensions}>`, [...floats]), expected.toString('hex'))
      assert.deepEqual(decodeValue(`vector<float, ${dimensions}>`, expected), floats)
    }
  })

  test('has exactly its number of elements', () => {
    for (const type of ['vector<float, 2>', 'vector<int, 2>', 'vector<text, 2>']) {
      const one = type.includes('text') ? 'a' : 1
      for (const value of [[], [one], [one, one, one], new Set([one]), [one].values(), Array(3).fill(one).values()])
        refuses(type, value, /takes exactly 2 elements, got \d/)
      for (const value of ['ab', 5, { 0: one, 1: one }]) refuses(type, value, / 2 (elements|of them)/)
    }
  })

  test('of more elements than are given takes memory for those given only', () => {
    const codec = createCodecRegistry().codecFor(parseType('vector<float, 67108864>'))
    const writer = new ByteWriter(64)
    for (const value of [[1, 2].values(), new Set([1]), [1]])
      assert.throws(() => codec.write(writer, value), /takes exactly 67108864 elements, got [12]/)
    assert.ok(writer.buffer.length < 1_024)
  })

  test('has no nulls', () => {
    refuses('vector<int, 2>', [1, null], /element \[1\] takes a value, got null: null is not allowed in a vector/)
    refuses('vector<float, 2>', [1, null], /element \[1\] takes a number .*got null/)
    refuses('vector<float, 2>', [1, 1e39], /element \[1\] takes a number that a 32-bit float can hold/)
    refuses('vector<text, 2>', ['a', 5], /element \[1\] takes a string/)
  })

  test('of elements of variable length has a vint before each', () => {
    assert.equal(hex('vector<text, 2>', ['a', 'bc']), '0161' + '026263')
    const long = 'x'.repeat(20_000)
    assert.ok(hex('vector<text, 1>', [long]).startsWith('c04e2078'))
    assert.deepEqual(decodeValue('vector<text, 1>', encodeValue('vector<text, 1>', [long])), [long])
    assert.equal(hex('vector<vector<text, 1>, 2>', [['a'], ['b']]), '020161' + '020162')
  })

  test('of another length is malformed', () => {
    malformed('vector<float, 2>', '3f800000')
    malformed('vector<float, 2>', '3f800000 3f800000 3f800000')
    malformed('vector<int, 2>', '00000001 000000')
    malformed('vector<text, 2>', '0161')
    malformed('vector<text, 2>', '0161 0361')
    malformed('vector<text, 2>', '0161 0162 00')
    malformed('vector<text, 1>', 'f07fffffff')
    malformed('vector<text, 1>', 'ff')
  })
})

test('custom types are bytes', () => {
  const type = parseType('com.example.Shape')
  assert.equal(hex(type, Buffer.from([1, 2])), '0102')
  assert.deepEqual(decode(type, '0102'), Buffer.from([1, 2]))
  refuses(type, 'x', /type 'com.example.Shape' takes bytes/)
})
