/** Messages that belong to no request: nothing that comes after one can be trusted. */
import { MalformedFrameError } from '../base/errors.js'
import { Opcode, opcodeName } from '../protocol/constants.js'
import { readEnvelope } from '../protocol/envelope.js'
import { readError } from '../protocol/error.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'

/**
 * What is wrong with a message on a stream on which nothing waits. A node that can't tell which request it failed over answers with an
 * ERROR on stream 0 or -1: what it says is the best that can be said.
 */
export function stray(
  version: number,
  flags: number,
  stream: number,
  opcode: number,
  block: ByteBlock,
  start: number,
  end: number,
): MalformedFrameError {
  const where = stream < 0 ? `on stream ${stream}, where only events come` : `for stream ${stream}, on which nothing waits`
  const said = opcode === Opcode.ERROR ? textOfError(version, flags, block, start, end) : ''
  return new MalformedFrameError(`${stream < 0 ? 'a message' : 'an answer'} (${opcodeName(opcode)}) ${where}${said}`)
}

function textOfError(version: number, flags: number, block: ByteBlock, start: number, end: number): string {
  try {
    const reader = new ByteReader(block.buffer, start, end)
    readEnvelope(reader, version, flags)
    return `; it says: ${readError(reader, version).message}`
  } catch {
    return ''
  }
}
