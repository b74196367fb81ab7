import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur3, murmur3Into, tokenFromHalves } from '../../../src/metadata/murmur3.js'
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
