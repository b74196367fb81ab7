import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compiled } from '../../../src/base/compiled.js'
import { murmur3, murmur3Compiled, murmur3Into, murmur3Plain, tokenFromHalves } from '../../../src/metadata/murmur3.js'
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

test('a key too long for compiled code is hashed in TypeScript', { skip: withoutWasm }, () => {
  const key = Buffer.alloc(5 * 1024 * 1024, 0xb7)
  const one = { high: 0, low: 0 }
  const other = { high: 0, low: 0 }
  assert.equal(murmur3Compiled(key, 0, key.length, one), false)
  murmur3Into(key, 0, key.length, one)
  murmur3Plain(key, 0, key.length, other)
  assert.deepEqual(one, other)
})
