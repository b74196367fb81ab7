/**
 * EXECUTE (native protocol section 4.1.6):
 *
 *     v3, v4: <id:short bytes><query_parameters>
 *     v5:     <id:short bytes><result_metadata_id:short bytes><query_parameters>
 */
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readQueryParameters, writeQueryParameters } from './query-parameters.js'
import type { QueryParameters, ReceivedParameters } from './query-parameters.js'

/**
 * `resultMetadataId` is written in v5 only; null is written as an empty id, which no server knows,
 * so that it answers with the metadata and their id.
 */
export function writeExecute(
  writer: ByteWriter,
  version: number,
  id: Uint8Array,
  resultMetadataId: Uint8Array | null,
  parameters: QueryParameters,
): void {
  writer.putShortBytes(id)
  if (version >= 5) {
    if (resultMetadataId === null) writer.putUint16(0)
    else writer.putShortBytes(resultMetadataId)
  }
  writeQueryParameters(writer, version, parameters)
}

export interface ReceivedExecute {
  readonly id: Buffer
  /** Null before v5. */
  readonly resultMetadataId: Buffer | null
  readonly parameters: ReceivedParameters
}

export function readExecute(reader: ByteReader, version: number): ReceivedExecute {
  const id = Buffer.from(reader.readShortBytes('prepared id'))
  const resultMetadataId = version >= 5 ? Buffer.from(reader.readShortBytes('result metadata id')) : null
  return { id, resultMetadataId, parameters: readQueryParameters(reader, version) }
}
