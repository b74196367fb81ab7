/** LZ4 blocks, compiled where that is possible and the block isn't too long for it, in TypeScript otherwise. */
import { compiled } from '../base/compiled.js'
import type { Compiled } from '../base/compiled.js'
import { lz4Bound, lz4CompressInto, lz4DecompressInto, lz4TableBits } from './lz4-block.js'

// In the compiled module's memory: the table of positions, then what goes in, then what comes out.
const TABLE = 0
const SOURCE = 64 * 1024
/** The compiled code copies by 16 bytes, past the end of what it writes. */
const SLACK = 32

/** The block of `plain`, after `headroom` bytes that are left to the caller. `code` is for tests. */
export function lz4Compress(plain: Uint8Array, headroom: number, code: Compiled | null = compiled()): Buffer {
  const bound = lz4Bound(plain.length)
  const target = SOURCE + plain.length + SLACK
  if (code === null || !code.ensure(target + bound + SLACK)) {
    const room = Buffer.allocUnsafeSlow(headroom + bound)
    const length = lz4CompressInto(plain, room.subarray(headroom))
    return room.subarray(0, headroom + length)
  }
  code.bytes.set(plain, SOURCE)
  const length = code.run.lz4Compress(SOURCE, plain.length, target, TABLE, lz4TableBits(plain.length))
  return copyOut(code, target, length, headroom)
}

/** The `length` bytes that the block holds; null where it isn't a block of so many. The caller has bounded `length`. */
export function lz4Decompress(block: Uint8Array, length: number, code: Compiled | null = compiled()): Buffer | null {
  const target = SOURCE + block.length + SLACK
  if (code === null || !code.ensure(target + length + SLACK)) {
    const plain = Buffer.allocUnsafeSlow(length)
    return lz4DecompressInto(block, plain) === length ? plain : null
  }
  code.bytes.set(block, SOURCE)
  if (code.run.lz4Decompress(SOURCE, block.length, target, length) !== length) return null
  return copyOut(code, target, length, 0)
}

function copyOut({ bytes }: Compiled, from: number, length: number, headroom: number): Buffer {
  const result = Buffer.allocUnsafeSlow(headroom + length)
  result.set(bytes.subarray(from, from + length), headroom)
  return result
}
