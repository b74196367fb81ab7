import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compiled } from '../../../src/base/compiled.js'
import { loadCompressor } from '../../../src/protocol/compression.js'
import { lz4Bound } from '../../../src/protocol/lz4-block.js'
import { lz4Compress, lz4Decompress } from '../../../src/protocol/lz4.js'
import { programFile } from '../../support/program-file.js'

/** Blocks that the reference implementation made (lz4-vectors.py): name, length and SHA-256 of the plain bytes, block. */
const vectors = JSON.parse(readFileSync(new URL('../../../../test/unit/protocol/lz4-vectors.json', import.meta.url), 'utf8')) as [
  string,
  number,
  string,
  string,
][]

const code = compiled()
const variants = [
  ['compiled', code],
  ['in TypeScript', null],
] as const

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Bytes in which something repeats: pieces of a few kinds, one after the other. */
const repeating = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 300 })).map(([piece, times]) => {
        const all = new Uint8Array(piece.length * times)
        for (let at = 0; at < all.length; at += piece.length) all.set(piece, at)
        return all
      }),
      fc.constantFrom('SELECT a FROM t', 'Zürich', '00000000').map((text) => new TextEncoder().encode(text)),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => Buffer.concat(pieces))

for (const [name, variant] of variants) {
  describe(
    `LZ4 ${name}`,
    { skip: variant === null && name === 'compiled' ? 'CQLWIRE_NO_WASM is set, or there is no WebAssembly' : false },
    () => {
      for (const [what, length, digest, block] of vectors) {
        it(`reads a block of ${what}`, () => {
          const plain = lz4Decompress(Buffer.from(block, 'hex'), length, variant)
          assert.ok(plain !== null)
          assert.equal(sha256(plain), digest)
        })
      }

      it('writes blocks that another implementation reads', () => {
        // Its blocks have their length before them, in four bytes, little-endian.
        const { uncompressSync } = createRequire(import.meta.url)('lz4-napi') as { uncompressSync(block: Buffer): Buffer }
        fc.assert(
          fc.property(repeating, (plain) => {
            fc.pre(plain.length > 0)
            const block = lz4Compress(plain, 4, variant)
            block.writeInt32LE(plain.length)
            assert.deepEqual(uncompressSync(block), plain)
          }),
        )
      })

      it('brings back what it wrote, of every length, within the bound', () => {
        const long = Buffer.alloc(300_000, 'a row of a table, more or less; ')
        long.writeInt32LE(12_345, 200_000)
        for (const length of [
          0, 1, 4, 5, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 64, 269, 270, 271, 4095, 4096, 32_768, 65_535, 131_071, 300_000,
        ]) {
          const plain = long.subarray(0, length)
          const block = lz4Compress(plain, 0, variant)
          assert.ok(block.length <= lz4Bound(length))
          assert.deepEqual(lz4Decompress(block, length, variant), plain, `${length} bytes`)
        }
      })

      it('makes what repeats shorter', () => {
        assert.ok(lz4Compress(Buffer.alloc(100_000, 'abcdefgh'), 0, variant).length < 500)
      })

      it('refuses a block for another length than its own, and one that is cut', () => {
        const plain = Buffer.from('one two one two one two one two one two one two, and the rest')
        const block = lz4Compress(plain, 0, variant)
        assert.equal(lz4Decompress(block, plain.length - 1, variant), null)
        assert.equal(lz4Decompress(block, plain.length + 1, variant), null)
        for (let end = 0; end < block.length; end++) assert.equal(lz4Decompress(block.subarray(0, end), plain.length, variant), null)
      })

      for (const [what, hex, length] of [
        ['an offset of nothing', '1061000050626262626262', 30],
        ['an offset before its first byte', '1061020050626262626262', 30],
        ['literals that are not there', 'f0ff', 300],
        ['a length that never ends', `f0${'ff'.repeat(400)}`, 100_000],
        ['a match that no length was left for', '1f610100ffffff0050626262626262', 20],
        ['an end in an offset', '106101', 10],
      ] as const) {
        it(`refuses ${what}`, () => assert.equal(lz4Decompress(Buffer.from(hex, 'hex'), length, variant), null))
      }
    },
  )
}

describe('LZ4 compiled and in TypeScript', { skip: code === null }, () => {
  it('write the same bytes', () => {
    fc.assert(fc.property(repeating, (plain) => assert.deepEqual(lz4Compress(plain, 0, code), lz4Compress(plain, 0, null))))
  })

  it('agree on what is no block, and on what a broken one holds', () => {
    const broken = fc.tuple(repeating, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([plain, at, byte]) => {
      const block = lz4Compress(plain, 0, null)
      block[at % block.length] = byte
      return { block, length: plain.length }
    })
    const any = fc.record({ block: fc.uint8Array({ maxLength: 200 }), length: fc.integer({ min: 0, max: 2_000 }) })
    fc.assert(
      fc.property(fc.oneof(broken, any), ({ block, length }) => {
        assert.deepEqual(lz4Decompress(block, length, code), lz4Decompress(block, length, null))
      }),
      { numRuns: 500 },
    )
  })

  it('TypeScript takes over where a block is longer than the compiled code may have memory for', () => {
    const plain = Buffer.alloc(5 * 1024 * 1024, 'so it goes, ')
    const block = lz4Compress(plain, 0, code)
    assert.deepEqual(lz4Decompress(block, plain.length, code), plain)
    assert.ok(code!.bytes.length <= 4 * 1024 * 1024)
  })
})

describe('CQLWIRE_NO_WASM=1', () => {
  it('leaves TypeScript alone, with the same results', () => {
    const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)
    const program = programFile(`
      import { compiled } from ${source('base/compiled.js')}
      import { loadCompressor } from ${source('protocol/compression.js')}
      import { murmur3 } from ${source('metadata/murmur3.js')}
      const body = loadCompressor('lz4').compressBody(Buffer.from('again and '.repeat(99)))
      console.log(compiled() === null, body.toString('hex'), murmur3(Buffer.alloc(99, 200)))
    `)
    const output = (value: string): string[] => {
      const env = { ...process.env, CQLWIRE_NO_WASM: value }
      return execFileSync(process.execPath, [program], { encoding: 'utf8', env }).trim().split(' ')
    }
    const [isOff, ...results] = output('1')
    assert.equal(isOff, 'true')
    assert.deepEqual(output('0'), ['false', ...results])
    assert.equal(
      results[0],
      loadCompressor('lz4')
        .compressBody(Buffer.from('again and '.repeat(99)))
        .toString('hex'),
    )
  })
})
