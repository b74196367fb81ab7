/** What binding writes to and from. */
import type { ByteWriter } from '../wire/byte-writer.js'

/** Writes exactly one value per marker. */
export type WriteValues = (writer: ByteWriter, values: readonly unknown[]) => void
