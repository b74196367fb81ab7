/**
 * QUERY (native protocol section 4.1.4):
 *
 *     <query:long string><query_parameters>
 */
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readQueryParameters, writeQueryParameters } from './query-parameters.js'
import type { QueryParameters, ReceivedParameters } from './query-parameters.js'

export function writeQuery(writer: ByteWriter, version: number, text: string, parameters: QueryParameters): void {
  writer.putLongString(text)
  writeQueryParameters(writer, version, parameters)
}

export interface ReceivedQuery {
  readonly query: string
  readonly parameters: ReceivedParameters
}

export function readQuery(reader: ByteReader, version: number): ReceivedQuery {
  const query = reader.readLongString('query')
  return { query, parameters: readQueryParameters(reader, version) }
}
