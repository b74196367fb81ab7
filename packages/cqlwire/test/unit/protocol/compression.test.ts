import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MalformedFrameError } from '../../../src/base/errors.js'
import { loadCompressor } from '../../../src/protocol/compression.js'
import { FrameFlag, Opcode } from '../../../src/protocol/constants.js'
import { beginFrame, compressFrame, decompressBody, endFrame, frameBodyLength, frameFlags } from '../../../src/protocol/frame.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { bytes } from './support.js'

const plain = Buffer.from('SELECT a, a, a, a, a, a, a, a, a, a FROM t;'.repeat(20))

describe('LZ4', () => {
  const lz4 = loadCompressor('lz4')

  test('bodies begin with their length, big-endian (v4 section 5)', () => {
    const body = lz4.compressBody(plain)
    assert.equal(body.readInt32BE(0), plain.length)
    assert.deepEqual(lz4.decompressBody(body), plain)
    assert.deepEqual(lz4.decompress(body.subarray(4), plain.length), plain)
  })

  test('reads a block written by hand: a literal run and a match', () => {
    // Token 0x33: three literals, then a match of 3 + 4 bytes at offset 3; then the last token: five literals.
    assert.equal(lz4.decompress(bytes("33 'abc' 0300 50 'abcde'"), 15).toString(), 'abcabcabcaabcde')
    assert.equal(lz4.decompressBody(bytes("0000000f 33 'abc' 0300 50 'abcde'")).toString(), 'abcabcabcaabcde')
  })

  test('an empty body is empty', () => {
    assert.equal(lz4.decompressBody(bytes('00000000')).length, 0)
    assert.equal(lz4.decompressBody(bytes('00000000 00')).length, 0)
  })

  for (const [what, body] of [
    ['is too short to have a length', '0000'],
    ['announces a negative length', "ffffffff 10 'a'"],
    ['announces a length that its bytes can not hold', "0fffffff 10 'a'"],
    ['announces a wrong length', "0000000e 33 'abc' 0300 50 'abcde'"],
    ['is no LZ4', '00000010 ffffffffffffffff'],
  ] as const) {
    test(`a body that ${what} is refused`, () => {
      assert.throws(() => lz4.decompressBody(bytes(body)), MalformedFrameError)
    })
  }
})

describe('Snappy', () => {
  const snappy = loadCompressor('snappy')

  test('bodies come back as they were', () => {
    const body = snappy.compressBody(plain)
    assert.ok(body.length < plain.length / 4)
    assert.deepEqual(snappy.decompressBody(body), plain)
  })

  test('reads a block written by hand: its length, a literal run, a copy', () => {
    // 10 bytes: literal of 3 (tag (3-1)<<2), then a copy of 7 at offset 3 (tag 01: (7-4)<<2 | 1).
    assert.equal(snappy.decompressBody(bytes("0a 08 'abc' 0d 03")).toString(), 'abcabcabca')
  })

  for (const [what, body] of [
    ['is empty', ''],
    ['does not end its length', 'ffffffffffff'],
    ['announces a length that its bytes can not hold', "ffffff7f 08 'abc'"],
    ['is no Snappy', '08 ffff'],
  ] as const) {
    test(`a body that ${what} is refused`, () => {
      assert.throws(() => snappy.decompressBody(bytes(body)), MalformedFrameError)
    })
  }
})

describe('compressed frames of v3 and v4', () => {
  function framed(body: Buffer): ByteWriter {
    const writer = new ByteWriter(16)
    writer.putText('before')
    const start = beginFrame(writer, 4, FrameFlag.TRACING, 1, Opcode.QUERY)
    writer.putRaw(body)
    endFrame(writer, start)
    return writer
  }

  for (const name of ['lz4', 'snappy'] as const) {
    test(`${name}: flag, length and body are changed in place`, () => {
      const compressor = loadCompressor(name)
      const writer = framed(plain)
      compressFrame(writer, 6, compressor)
      assert.equal(frameFlags(writer.buffer, 6), FrameFlag.TRACING | FrameFlag.COMPRESSED)
      assert.equal(frameBodyLength(writer.buffer, 6), writer.position - 15)
      assert.ok(writer.position < plain.length / 2)
      const { buffer } = decompressBody(writer.buffer, 15, writer.position, compressor)
      assert.deepEqual(buffer, plain)
      assert.equal(writer.buffer.toString('latin1', 0, 6), 'before')
    })
  }

  test('short bodies stay as they are', () => {
    const writer = framed(bytes("'short'"))
    compressFrame(writer, 6, loadCompressor('lz4'))
    assert.equal(frameFlags(writer.buffer, 6), FrameFlag.TRACING)
    assert.equal(writer.position, 6 + 9 + 5)
  })

  test('without an agreed compression are refused', () => {
    assert.throws(() => decompressBody(plain, 0, plain.length, null), /no compression was agreed on/)
  })
})

test('a compression that does not exist is an error of that option', () => {
  assert.throws(() => loadCompressor('zstd' as 'lz4'), {
    name: 'InvalidOptionError',
    path: 'compression',
    message: /'lz4', 'snappy' or false, got "zstd"/,
  })
})
