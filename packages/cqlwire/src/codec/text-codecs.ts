/** text and ascii (native protocol, sections 6.1 and 6.16): UTF-8, and its first 128 characters. No bytes are the empty string. */
import { InvalidArgumentError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readShortText, type ReadText } from './generated-text.js'
import { refuse, ScalarCodec } from './scalar-codec.js'

// Characters beyond ASCII: for ascii, the index of the first in the error.
const BEYOND_ASCII = /[^\0-\x7f]/

/** Half a character: an unpaired surrogate has no UTF-8, and would silently become U+FFFD. */
const UNPAIRED = /\p{Surrogate}/u

abstract class StringCodec extends ScalarCodec {
  readonly #readText: ReadText

  constructor(kind: 'text' | 'ascii') {
    super(kind, -1, null)
    this.#readText = readShortText()
  }

  read(block: ByteBlock, start: number, end: number): string {
    return this.#readText(block.buffer, block.view, start, end)
  }
}

export class TextCodec extends StringCodec {
  constructor() {
    super('text')
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'string') return refuse(value, 'a string')
    // More bytes than UTF-16 units: not ASCII, so the rare half characters are looked for.
    if (writer.putText(value) !== value.length && UNPAIRED.test(value)) {
      throw new InvalidArgumentError(
        `takes a string, got one with an unpaired surrogate at index ${value.search(UNPAIRED)}, which UTF-8 can't hold`,
      )
    }
  }
}

export class AsciiCodec extends StringCodec {
  constructor() {
    super('ascii')
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'string') return refuse(value, 'a string of ASCII characters')
    if (writer.putText(value) !== value.length) {
      const index = value.search(BEYOND_ASCII)
      throw new InvalidArgumentError(`takes a string of ASCII characters, got another one at index ${index}`)
    }
  }
}
