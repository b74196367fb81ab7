/** Reads the worker's messages; each once and in order, also those that nobody waits for any more: results refer to earlier ones. */
import type { CodecRegistry } from '../codec/codec.js'
import { byteBlock, type ByteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'
import { Answer } from './messages.js'
import { ArrivedResult, ResultMemory } from '../transfer/result-reader.js'
import { readValue } from '../transfer/value-reader.js'

interface ReplyBase {
  readonly id: number
  /** Nothing more comes for this call. */
  readonly isLast: boolean
}

export type Reply = ReplyBase &
  (
    | { readonly kind: 'result'; readonly result: ArrivedResult }
    | { readonly kind: 'value'; readonly value: unknown }
    | { readonly kind: 'error'; readonly error: Error }
    | { readonly kind: 'fatal'; readonly error: Error }
    | { readonly kind: 'outcomes'; readonly outcomes: readonly (ArrivedResult | Error)[]; readonly error: Error | null }
  )

export class AnswerReader {
  readonly #memory: ResultMemory
  /** The session's keyspace as the worker said last. */
  keyspace: string | null = null

  constructor(registry: CodecRegistry) {
    this.#memory = new ResultMemory(registry)
  }

  read(message: ArrayBuffer): Reply {
    const block = byteBlock(Buffer.from(message))
    const reader = new ByteReader(block.buffer)
    const kind = reader.readUint8()
    const id = reader.readInt32()
    if (reader.readUint8() === 1) this.keyspace = readValue(reader) as string | null
    switch (kind) {
      case Answer.RESULT:
        return { id, isLast: true, kind: 'result', result: new ArrivedResult(reader, block, this.#memory) }
      case Answer.VALUE:
        return { id, isLast: true, kind: 'value', value: readValue(reader) }
      case Answer.OUTCOMES:
        return this.#readOutcomes(id, reader, block)
      default:
        return { id, isLast: true, kind: kind === Answer.FATAL ? 'fatal' : 'error', error: readValue(reader) as Error }
    }
  }

  #readOutcomes(id: number, reader: ByteReader, block: ByteBlock): Reply {
    const isLast = reader.readUint8() === 1
    const error = isLast ? (readValue(reader) as Error | null) : null
    const count = reader.readInt32()
    const outcomes: (ArrivedResult | Error)[] = []
    for (let i = 0; i < count; i++)
      outcomes.push(reader.readUint8() === 1 ? new ArrivedResult(reader, block, this.#memory) : (readValue(reader) as Error))
    return { id, isLast, kind: 'outcomes', outcomes, error }
  }
}
