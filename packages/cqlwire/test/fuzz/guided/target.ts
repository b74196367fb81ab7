/** What is fuzzed: one decoder, or several that must agree. */

export interface FuzzTarget {
  readonly name: string
  /** Right inputs to begin with: what a server really sends, encoded by the driver's other half or recorded. */
  readonly seeds: readonly Uint8Array[]
  /** Texts that mean something to the decoder; they are put into inputs. */
  readonly words?: readonly string[]
  /** The longest input, in bytes; 512 by default. */
  readonly maxLength?: number
  /** Bytes that any input may cost, besides those for each of its own; 4 MiB by default. */
  readonly freeBytes?: number
  /** How many inputs it gets, as a share of what others get: less than 1 for what takes long. */
  readonly share?: number
  /** Decodes. May refuse the input with any CqlwireError; everything else that is thrown is a failure. The input is good during the call only. */
  run(input: Buffer): void
}

/** Two decoders disagree, or a decoded value does not come back as it was. */
export class Disagreement extends Error {
  override readonly name = 'Disagreement'
}
