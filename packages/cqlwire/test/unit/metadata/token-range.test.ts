import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { partitionerFor } from '../../../src/metadata/partitioner.js'
import { TokenRange } from '../../../src/metadata/token-range.js'
import type { Token } from '../../../src/metadata/token-ring.js'

const murmur3 = partitionerFor('Murmur3Partitioner')!
const random = partitionerFor('RandomPartitioner')!
const byteOrdered = partitionerFor('ByteOrderedPartitioner')!
const MIN = -(2n ** 63n)
const MAX = 2n ** 63n - 1n
const range = (start: Token, end: Token, partitioner = murmur3): TokenRange => new TokenRange(start, end, partitioner)
const ends = (ranges: readonly TokenRange[]): string[] => ranges.map(String)

test('contains what comes after its start, up to its end and with it', () => {
  const some = range(10n, 20n)
  assert.deepEqual(
    [10n, 11n, 20n, 21n].map((token) => some.contains(token)),
    [false, true, true, false],
  )
  const wrapped = range(20n, 10n)
  assert.equal(wrapped.isWrapAround, true)
  assert.deepEqual(
    [MAX, 21n, 20n, 11n, 10n, MIN + 1n].map((token) => wrapped.contains(token)),
    [true, true, false, false, true, true],
  )
  assert.equal(range(5n, 5n).isEmpty, true)
  assert.equal(range(5n, 5n).contains(5n), false)
  assert.equal(range(MIN, MIN).isFullRing, true)
  assert.equal(range(MIN, MIN).contains(-3n), true)
  assert.equal(range(20n, MIN).isWrapAround, false)
  assert.equal(range(20n, MIN).contains(MAX), true)
})

test('is cut at the end of the ring', () => {
  assert.deepEqual(ends(range(20n, 10n).unwrap()), [`]20, ${MIN}]`, `]${MIN}, 10]`])
  assert.deepEqual(ends(range(20n, MIN).unwrap()), [`]20, ${MIN}]`])
})

test('splits the whole ring, in which the smallest token is no key’s: three divides 2^64 - 1', () => {
  assert.deepEqual(ends(range(MIN, MIN).splitEvenly(3)), [
    `]${MIN}, -3074457345618258603]`,
    ']-3074457345618258603, 3074457345618258602]',
    `]3074457345618258602, ${MIN}]`,
  ])
})

test('parts of a range are as good as even, follow one another, and are the range together', () => {
  const token = fc.bigInt({ min: MIN, max: MAX })
  fc.assert(
    fc.property(token, token, fc.integer({ min: 1, max: 40 }), fc.array(token, { maxLength: 20 }), (start, end, parts, tokens) => {
      const whole = range(start, end)
      if (whole.isEmpty) return
      const split = whole.splitEvenly(parts)
      assert.equal(split[0]!.start, start)
      assert.equal(split.at(-1)!.end, end)
      for (let i = 1; i < split.length; i++) assert.equal(split[i]!.start, split[i - 1]!.end)
      const lengths = split.map((each) => {
        const distance = (each.end as bigint) - (each.start as bigint)
        return distance > 0n ? distance : distance + 2n ** 64n - 1n
      })
      const sorted = lengths.toSorted((a, b) => (a < b ? -1 : 1))
      assert.ok(sorted.at(-1)! - sorted[0]! <= 1n)
      for (const each of [...tokens, ...split.map((part) => part.end as bigint)]) {
        if (each === MIN) continue
        assert.equal(split.filter((part) => part.contains(each)).length, whole.contains(each) ? 1 : 0)
      }
    }),
  )
})

test('a range of few tokens becomes as many ranges as it has tokens', () => {
  assert.deepEqual(ends(range(1n, 3n).splitEvenly(10)), [']1, 2]', ']2, 3]'])
  assert.equal(range(MAX - 1n, MIN + 1n).splitEvenly(10).length, 2)
})

test('ranges of the RandomPartitioner split over its own ring', () => {
  assert.deepEqual(ends(range(-1n, -1n, random).splitEvenly(2)), [`]-1, ${2n ** 126n - 1n}]`, `]${2n ** 126n - 1n}, -1]`])
})

test('says what can’t be split', () => {
  const invalid = (message: RegExp) => (error: unknown) => error instanceof InvalidArgumentError && message.test(error.message)
  const bytes = range(Uint8Array.of(1), Uint8Array.of(7), byteOrdered)
  assert.equal(bytes.contains(Uint8Array.of(3, 3)), true)
  assert.throws(() => bytes.splitEvenly(2), invalid(/ByteOrderedPartitioner can't be split evenly/))
  assert.throws(() => range(5n, 5n).splitEvenly(2), invalid(/is empty/))
  for (const parts of [0, -1, 1.5, Number.NaN]) assert.throws(() => range(1n, 9n).splitEvenly(parts), invalid(/1 at least/))
})

test('two ranges have in common what both contain', () => {
  const token = fc.bigInt({ min: -6n, max: 6n }).map((small) => (small === -6n ? MIN : small))
  fc.assert(
    fc.property(token, token, token, token, (a, b, c, d) => {
      const [one, other] = [range(a, b), range(c, d)]
      const common = one.intersectWith(other)
      for (let each = -7n; each <= 7n; each++) {
        assert.equal(
          common.some((part) => part.contains(each)),
          one.contains(each) && other.contains(each),
          String(each),
        )
      }
      assert.equal(one.intersects(other), common.length > 0)
    }),
  )
})
