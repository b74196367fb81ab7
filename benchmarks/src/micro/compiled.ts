/**
 * What WebAssembly saves, the way into its memory and out of it included: run by hand after a build,
 * `node benchmarks/dist/micro/compiled.js`. Nothing is asserted. docs/compiled.md has the figures, and what was tried besides.
 *
 * The bytes are like those of rows (ids, words, doubles, random UUIDs). The machine's speed drifts, so the variants take turns over several
 * rounds, and the median is shown, in ns of CPU a call.
 */
import { createRequire } from 'node:module'
import zlib from 'node:zlib'
import { compiled } from '../../../packages/cqlwire/dist/base/compiled.js'
import { murmur3Compiled, murmur3OfWords, murmur3Plain } from '../../../packages/cqlwire/dist/metadata/murmur3.js'
import { crc32InJavaScript } from '../../../packages/cqlwire/dist/protocol/crc.js'
import { lz4Compress, lz4Decompress } from '../../../packages/cqlwire/dist/protocol/lz4.js'

const ROUNDS = 7
const ROUND_MS = 15

interface Lz4Package {
  compressSync(data: Uint8Array): Buffer
  uncompressSync(data: Uint8Array): Buffer
}

/** The optional library that the driver used before. */
function lz4Package(): Lz4Package | null {
  try {
    return createRequire(import.meta.url)('lz4-napi') as Lz4Package
  } catch {
    return null
  }
}

let seed = 1
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
  return seed / 0x7fff_ffff
}

const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', '2026-11-23T01:00:00Z', 'Zürich', 'Genève']
const anyWord = (): string => WORDS[Math.floor(random() * WORDS.length)]!

function rowBytes(size: number): Buffer {
  const rows: Buffer[] = []
  for (let length = 0, id = 0; length < size; id++) {
    const text = Buffer.from(`${anyWord()} ${anyWord()}`)
    const fixed = Buffer.alloc(32)
    fixed.writeInt32BE(4, 0)
    fixed.writeInt32BE(id, 4)
    fixed.writeInt32BE(8, 8)
    fixed.writeDoubleBE(random(), 12)
    fixed.writeInt32BE(16, 20)
    fixed.writeInt32BE(text.length, 24)
    const uuid = Buffer.from(Array.from({ length: 16 }, () => random() * 256))
    rows.push(fixed, uuid, text)
    length += fixed.length + uuid.length + text.length
  }
  return Buffer.concat(rows).subarray(0, size)
}

type Variants = Record<string, () => unknown>

/** Medians of ns a call. */
function measure(variants: Variants, calls: number): Record<string, number> {
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, call] of Object.entries(variants)) {
      const until = performance.now() + ROUND_MS
      const before = process.cpuUsage()
      let count = 0
      for (; performance.now() < until; count += calls) for (let i = 0; i < calls; i++) call()
      const { user, system } = process.cpuUsage(before)
      if (round > 0) times[name]!.push(((user + system) * 1_000) / count)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1]!]))
}

function show(what: string, size: number, variants: Variants): void {
  const medians = measure(variants, Math.max(1, Math.round(20_000 / (size + 50))))
  const columns = Object.entries(medians).map(([name, ns]) => `${name} ${ns.toFixed(ns < 1_000 ? 1 : 0).padStart(8)}`)
  console.log(`${what.padEnd(16)} ${String(size).padStart(6)} B  ${columns.join('   ')}`)
}

const code = compiled()
const library = lz4Package()

for (const size of [1_024, 4_096, 16_384, 65_536, 131_071]) {
  const plain = rowBytes(size)
  const block = lz4Compress(plain, 0, null)
  const withLength = (): Buffer => {
    const whole = Buffer.allocUnsafe(4 + block.length)
    whole.writeInt32LE(size)
    whole.set(block, 4)
    return whole
  }
  show('LZ4 compress', size, {
    typescript: () => lz4Compress(plain, 0, null),
    ...(code === null ? {} : { wasm: () => lz4Compress(plain, 0, code) }),
    ...(library === null ? {} : { 'lz4-napi': () => library.compressSync(plain) }),
  })
  show('LZ4 decompress', size, {
    typescript: () => lz4Decompress(block, size, null),
    ...(code === null ? {} : { wasm: () => lz4Decompress(block, size, code) }),
    ...(library === null ? {} : { 'lz4-napi': () => library.uncompressSync(withLength()) }),
  })
}
for (const size of [8, 16, 20, 24, 32, 36, 100]) {
  const buffer = rowBytes(size + 10)
  const out = { high: 0, low: 0 }
  show('Murmur3', size, {
    typescript: () => murmur3Plain(buffer, 5, 5 + size, out),
    ...(code === null ? {} : { wasm: () => murmur3Compiled(buffer, 5, 5 + size, out, code) }),
  })
}
for (const size of [4, 8, 16]) {
  const words = Int32Array.of(0x1234_5678, -2, 77, 0x0bad_cafe)
  const out = { high: 0, low: 0 }
  const hash = (by: typeof code): unknown => murmur3OfWords(words, size / 4, out, by)
  show('Murmur3 of words', size, { typescript: () => hash(null), ...(code === null ? {} : { wasm: () => hash(code) }) })
}
for (const size of [50, 100, 150, 200, 300, 400, 1_024, 65_536]) {
  const buffer = rowBytes(size + 10)
  show('CRC32', size, {
    typescript: () => crc32InJavaScript(buffer, 5, 5 + size, 0),
    'zlib.crc32': () => (zlib as Partial<typeof zlib>).crc32?.(buffer.subarray(5, 5 + size), 0),
  })
}
