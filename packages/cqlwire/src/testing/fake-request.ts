/** A request as a fake node received it: what conditions look at, and what `fake.requests` keeps. */
import type { DataType } from '../codec/data-type.js'
import { decodeValue } from '../codec/value.js'
import { readAuthResponse } from '../protocol/auth.js'
import { readBatch } from '../protocol/batch.js'
import type { ReceivedBatch } from '../protocol/batch.js'
import { consistencyName, Opcode, opcodeName } from '../protocol/constants.js'
import { readRequestPayload } from '../protocol/envelope.js'
import { readExecute } from '../protocol/execute.js'
import { readPrepare } from '../protocol/prepare.js'
import { readQuery } from '../protocol/query.js'
import type { ReceivedParameters } from '../protocol/query-parameters.js'
import { readRegister } from '../protocol/register.js'
import { readStartup } from '../protocol/startup.js'
import type { ReceivedValue } from '../protocol/values.js'
import { ByteReader } from '../wire/byte-reader.js'

export type RequestName = 'STARTUP' | 'OPTIONS' | 'AUTH_RESPONSE' | 'REGISTER' | 'QUERY' | 'PREPARE' | 'EXECUTE' | 'BATCH'

export interface FakeRequest {
  /** The node's `address:port`. */
  readonly node: string
  /** Counts the connections of the node, from 1 on. */
  readonly connection: number
  readonly protocolVersion: number
  readonly opcode: RequestName
  readonly stream: number
  /** The frame's flags. */
  readonly flags: number
  /** The text of a QUERY or PREPARE, and of the statement that an EXECUTE runs where the node knows it; else null. */
  readonly query: string | null
  /** Of an EXECUTE: the prepared id. */
  readonly preparedId: Buffer | null
  /** Of an EXECUTE in v5. */
  readonly resultMetadataId: Buffer | null
  /** Of QUERY and EXECUTE: consistency, page size, values as bytes and so on. */
  readonly parameters: ReceivedParameters | null
  readonly batch: ReceivedBatch | null
  /**
   * Of an EXECUTE whose rule has `parameters`: what they were bound to, as JavaScript values; undefined for one that was left unset. Else null,
   * and the bytes are in `parameters.values`.
   */
  readonly values: readonly unknown[] | null
  /** Of a BATCH: the text of each statement, null for one that the node has not prepared. Else null. */
  readonly statements: readonly (string | null)[] | null
  /** Of QUERY, EXECUTE and BATCH: `'LOCAL_QUORUM'` and so on; else null. */
  readonly consistency: string | null
  /** The keyspace that the connection is in, or that the request names. */
  readonly keyspace: string | null
  readonly customPayload: ReadonlyMap<string, Buffer | null> | null
  /** Of STARTUP. */
  readonly startup: ReadonlyMap<string, string> | null
  /** Of AUTH_RESPONSE. */
  readonly token: Buffer | null
  /** Of REGISTER. */
  readonly events: readonly string[] | null
}

export interface Arrival {
  readonly node: string
  readonly connection: number
  readonly protocolVersion: number
  readonly keyspace: string | null
  /** The text that a prepared id stands for. */
  textOf(id: Buffer): string | null
  /** The types of a prepared statement's bind markers; null where they are not known. */
  typesOf(id: Buffer): readonly DataType[] | null
}

/** Throws a MalformedFrameError where the body is not a request. */
export function readRequest(arrival: Arrival, flags: number, stream: number, opcode: number, body: Buffer): FakeRequest {
  const { protocolVersion: version, keyspace } = arrival
  const reader = new ByteReader(body)
  const customPayload = readRequestPayload(reader, version, flags)
  const request: FakeRequest = {
    node: arrival.node,
    connection: arrival.connection,
    protocolVersion: version,
    opcode: opcodeName(opcode) as RequestName,
    stream,
    flags,
    query: null,
    preparedId: null,
    resultMetadataId: null,
    parameters: null,
    batch: null,
    values: null,
    statements: null,
    consistency: null,
    keyspace,
    customPayload,
    startup: null,
    token: null,
    events: null,
  }
  switch (opcode) {
    case Opcode.STARTUP:
      return { ...request, startup: readStartup(reader) }
    case Opcode.AUTH_RESPONSE:
      return { ...request, token: readAuthResponse(reader) }
    case Opcode.REGISTER:
      return { ...request, events: readRegister(reader) }
    case Opcode.PREPARE: {
      const prepare = readPrepare(reader, version)
      return { ...request, query: prepare.query, keyspace: prepare.keyspace ?? keyspace }
    }
    case Opcode.QUERY: {
      const { query, parameters } = readQuery(reader, version)
      return {
        ...request,
        query,
        parameters,
        consistency: consistencyName(parameters.consistency),
        keyspace: parameters.keyspace ?? keyspace,
      }
    }
    case Opcode.EXECUTE: {
      const { id, resultMetadataId, parameters } = readExecute(reader, version)
      const consistency = consistencyName(parameters.consistency)
      const values = decodeValues(arrival.typesOf(id), parameters.values)
      return { ...request, query: arrival.textOf(id), preparedId: id, resultMetadataId, parameters, values, consistency }
    }
    case Opcode.BATCH: {
      const batch = readBatch(reader, version)
      const statements = batch.statements.map(({ query, id }) => query ?? arrival.textOf(id!))
      return { ...request, batch, statements, consistency: consistencyName(batch.consistency), keyspace: batch.keyspace ?? keyspace }
    }
    default:
      return request
  }
}

/** Null where they are not known, or don't fit their types: a test may send anything. */
function decodeValues(types: readonly DataType[] | null, values: readonly ReceivedValue[]): readonly unknown[] | null {
  if (types === null || types.length !== values.length) return null
  try {
    return values.map((bytes, i) => (bytes === null || bytes === undefined ? bytes : decodeValue(types[i]!, bytes)))
  } catch {
    return null
  }
}
