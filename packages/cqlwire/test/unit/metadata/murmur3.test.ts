import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compiled } from '../../../src/base/compiled.js'
import { murmur3, murmur3Compiled, murmur3Into, murmur3OfWords, murmur3Plain, tokenFromHalves } from '../../../src/metadata/murmur3.js'
import { KEY_OF_SMALLEST, MURMUR3_VECTORS } from './murmur3-vectors.js'

test('hashes every tail length and high bytes as the Python driver does', () => {
  assert.ok(MURMUR3_VECTORS.length > 300)
  for (const [hex, token] of MURMUR3_VECTORS) assert.equal(murmur3(Buffer.from(hex, 'hex')), token, `key ${hex}`)
})

test('hashes a part of a larger buffer as the part alone', () => {
  const out = { high: 0, low: 0 }
  for (const [hex, token] of MURMUR3_VECTORS) {
    const key = Buffer.from(hex, 'hex')
    const buffer = Buffer.concat([Buffer.alloc(3, 0xee), key, Buffer.alloc(5, 0x99)])
    murmur3Into(buffer, 3, 3 + key.length, out)
    assert.equal(tokenFromHalves(out.high, out.low), token)
    assert.equal(out.low, out.low | 0, 'the lower half is a signed 32-bit integer')
  }
})

test('puts the largest token in place of the smallest 64-bit integer, which is no key’s', () => {
  assert.equal(murmur3(Buffer.from(KEY_OF_SMALLEST, 'hex')), 2n ** 63n - 1n)
})

const withoutWasm = compiled() === null ? 'there is no WebAssembly' : false

test('hashes the same compiled and in TypeScript', { skip: withoutWasm }, () => {
  const one = { high: 0, low: 0 }
  const other = { high: 0, low: 0 }
  const equal = (key: Uint8Array, token?: bigint): void => {
    assert.equal(murmur3Compiled(key, 0, key.length, one), true)
    murmur3Plain(key, 0, key.length, other)
    assert.deepEqual(one, other)
    if (token !== undefined) assert.equal(tokenFromHalves(one.high, one.low), token)
  }
  for (const [hex, token] of MURMUR3_VECTORS) equal(Buffer.from(hex, 'hex'), token)
  equal(Buffer.from(KEY_OF_SMALLEST, 'hex'), 2n ** 63n - 1n)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (key) => equal(key)))
})

for (const [way, code] of [
  ['compiled', compiled()],
  ['in TypeScript', null],
] as const) {
  test(`hashes keys of 4, 8 and 16 bytes that are given as words, ${way}, as the Python driver does`, () => {
    const out = { high: 0, low: 0 }
    const words = new Int32Array(4)
    const token = (key: Buffer): bigint => {
      words.fill(-1) // what other keys left there counts for nothing
      for (let i = 0; i < key.length; i += 4) words[i / 4] = key.readInt32BE(i)
      murmur3OfWords(words, key.length / 4, out, code)
      return tokenFromHalves(out.high, out.low)
    }
    const keys = MURMUR3_VECTORS.filter(([hex]) => [8, 16, 32].includes(hex.length))
    assert.deepEqual(new Set(keys.map(([hex]) => hex.length)), new Set([8, 16, 32]))
    for (const [hex, expected] of keys) assert.equal(token(Buffer.from(hex, 'hex')), expected, `key ${hex}`)
    fc.assert(
      fc.property(fc.constantFrom(4, 8, 16), fc.uint8Array({ minLength: 16, maxLength: 16 }), (length, bytes) => {
        const key = Buffer.from(bytes.subarray(0, length))
        const plain = { high: 0, low: 0 }
        murmur3Plain(key, 0, length, plain)
        assert.equal(token(key), tokenFromHalves(plain.high, plain.low))
      }),
    )
  })
}

test('a key too long for compiled code is hashed in TypeScript', { skip: withoutWasm }, () => {
  const key = Buffer.alloc(5 * 1024 * 1024, 0xb7)
  const one = { high: 0, low: 0 }
  const other = { high: 0, low: 0 }
  assert.equal(murmur3Compiled(key, 0, key.length, one), false)
  murmur3Into(key, 0, key.length, one)
  murmur3Plain(key, 0, key.length, other)
  assert.deepEqual(one, other)
})
