/** uuid and timeuuid (native protocol, sections 6.24 and 6.19): 16 bytes, most significant first; timeuuid is of version 1. */
import { InvalidArgumentError } from '../base/errors.js'
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import { parseUuidText } from '../values/uuid-text.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'

const words = new Int32Array(4)

/** The uuid in 16 bytes from `start`; the caller has checked that they are there. */
function readUuid(block: ByteBlock, start: number): Uuid {
  const { view } = block
  return new Uuid(view.getInt32(start), view.getInt32(start + 4), view.getInt32(start + 8), view.getInt32(start + 12))
}

/** The timeuuid in 16 bytes from `start`; the caller has checked that they are there. */
function readTimeUuid(block: ByteBlock, start: number): TimeUuid {
  const { view } = block
  return new TimeUuid(view.getInt32(start), view.getInt32(start + 4), view.getInt32(start + 8), view.getInt32(start + 12))
}

function putWords(writer: ByteWriter, word0: number, word1: number, word2: number, word3: number): void {
  writer.ensure(16)
  const { view, position } = writer
  view.setInt32(position, word0)
  view.setInt32(position + 4, word1)
  view.setInt32(position + 8, word2)
  view.setInt32(position + 12, word3)
  writer.position = position + 16
}

export class UuidCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('uuid', 16, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (value instanceof Uuid) putWords(writer, value.word0, value.word1, value.word2, value.word3)
    else if (typeof value === 'string' && parseUuidText(value, words)) putWords(writer, words[0]!, words[1]!, words[2]!, words[3]!)
    else refuse(value, "a Uuid or its text, like '123e4567-e89b-42d3-a456-426614174000'")
  }

  read(block: ByteBlock, start: number, end: number): Uuid | EmptyValue {
    return end - start === 16 ? readUuid(block, start) : this.oddLength(end - start, '16 bytes')
  }
}

export class TimeUuidCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('timeuuid', 16, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    let uuid: unknown = value
    if (typeof value === 'string' && parseUuidText(value, words)) uuid = new Uuid(words[0]!, words[1]!, words[2]!, words[3]!)
    if (!(uuid instanceof Uuid)) return refuse(value, "a TimeUuid or its text, like '50554d6e-29bb-11e5-b345-feff819cdc9f'")
    if (uuid.version !== 1) {
      throw new InvalidArgumentError(
        `takes a TimeUuid (a UUID of version 1, as TimeUuid.now() makes), got version ${uuid.version}: ${uuid.toString()}`,
      )
    }
    putWords(writer, uuid.word0, uuid.word1, uuid.word2, uuid.word3)
  }

  read(block: ByteBlock, start: number, end: number): TimeUuid | EmptyValue {
    return end - start === 16 ? readTimeUuid(block, start) : this.oddLength(end - start, '16 bytes')
  }
}
