import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { EMPTY } from '../../../src/codec/empty.js'
import { readValue } from '../../../src/transfer/value-reader.js'
import { putValue } from '../../../src/transfer/value-writer.js'
import { describeValue } from '../../../src/values/describe-value.js'
import { ByteReader } from '../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { typedValues } from '../../support/type-arbitraries.js'

/** The value as it arrives in the other thread. */
function carry(value: unknown): unknown {
  const writer = new ByteWriter(16)
  putValue(writer, value)
  const reader = new ByteReader(writer.toBuffer())
  const read = readValue(reader)
  assert.equal(reader.remaining, 0)
  return read
}

class Person {
  readonly name: string = 'Ada'
  get born(): number {
    return 1815
  }
}

describe('values on their way to another thread', () => {
  it('arrive as they were, of every type that a column can have', () => {
    fc.assert(
      fc.property(typedValues(3), ({ value }) => {
        assert.deepEqual(carry(value), value)
      }),
      { numRuns: 500 },
    )
  })

  it('arrive as they were, whatever JavaScript has', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }), (value) => {
        assert.deepEqual(carry(value), value)
      }),
    )
  })

  for (const value of [undefined, null, EMPTY, -0, NaN, 2 ** 40, 0.5, -(2n ** 100n), '\ud800 half', 'é', '']) {
    it(`${typeof value === 'symbol' ? 'EMPTY' : describeValue(value)} arrives as itself`, () => {
      assert.deepEqual(carry([value]), [value])
    })
  }

  it('an invalid Date arrives as one', () => {
    assert.ok(Number.isNaN((carry(new Date(NaN)) as Date).getTime()))
  })

  it('bytes arrive as the same kind of view, with elements where they were', () => {
    const memory = new ArrayBuffer(20)
    const views = [
      new Uint8Array(memory, 3, 5),
      new Float64Array([1, 2]),
      new BigInt64Array([3n]),
      new DataView(memory, 1, 2),
      Buffer.from('x'),
    ]
    assert.deepEqual(carry(views), views)
    assert.deepEqual(carry(new Uint8Array([1, 2]).buffer), new Uint8Array([1, 2]).buffer)
  })

  it('an instance of a class brings its fields and getters, and still looks like one', () => {
    const carried = carry(new Person()) as Person
    assert.equal(carried.name, 'Ada')
    assert.equal(carried.born, 1815)
    assert.equal(describeValue(carried), 'an instance of Person')
  })

  it('what is no value looks as it did, so that the driver refuses it in the same words', () => {
    for (const value of [(): void => {}, Symbol('s'), Promise.resolve(1)]) assert.equal(describeValue(carry(value)), describeValue(value))
  })

  it('an iterable can be iterated over again', () => {
    const carried = carry(
      (function* () {
        yield* [1, 'two']
      })(),
    ) as Iterable<unknown>
    assert.deepEqual([...carried, ...carried], [1, 'two', 1, 'two'])
  })

  it('a field named __proto__ is a field', () => {
    const carried = carry(JSON.parse('{"__proto__": 1}')) as object
    assert.deepEqual(Object.entries(carried), [['__proto__', 1]])
  })

  it('a value that contains itself is refused', () => {
    const loop: unknown[] = []
    loop.push(loop)
    assert.throws(() => carry(loop), InvalidArgumentError)
  })
})
