import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc24, crc32InJavaScript, payloadCrc32 } from '../../../src/protocol/crc.js'
import { bytes, pattern, vectors } from './support.js'

describe('CRC24 of segment headers', () => {
  for (const [data, expected] of vectors.crc24) {
    test(`of ${data} is what the Python driver has`, () => {
      const input = bytes(data)
      assert.equal(crc24(input, 0, input.length), expected)
      assert.equal(crc24(Buffer.concat([Buffer.from([9]), input, Buffer.from([9])]), 1, input.length), expected)
    })
  }
})

describe('CRC32 of segment payloads', () => {
  for (const [length, expected] of vectors.crc32) {
    test(`of ${length} bytes is what the Python driver has`, () => {
      assert.equal(payloadCrc32(pattern(length), 0, length), expected)
      const padded = Buffer.concat([Buffer.from([1, 2, 3]), pattern(length), Buffer.from([4])])
      assert.equal(payloadCrc32(padded, 3, 3 + length), expected)
    })
  }

  test('in JavaScript alone is the same, for runtimes without zlib.crc32', () => {
    const initial = crc32InJavaScript(bytes('fa2d55ca'), 0, 4, 0)
    for (const [length, expected] of vectors.crc32) assert.equal(crc32InJavaScript(pattern(length), 0, length, initial), expected)
  })

  test('in JavaScript has the check value of the standard', () => {
    assert.equal(crc32InJavaScript(Buffer.from('123456789'), 0, 9, 0), 0xcbf43926)
  })
})
