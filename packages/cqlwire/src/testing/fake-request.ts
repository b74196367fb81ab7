/** A request as a fake node received it: what conditions look at, and what `fake.requests` keeps. */
import { readAuthResponse } from '../protocol/auth.js'
import { readBatch } from '../protocol/batch.js'
import type { ReceivedBatch } from '../protocol/batch.js'
import { Opcode, opcodeName } from '../protocol/constants.js'
import { readRequestPayload } from '../protocol/envelope.js'
import { readExecute } from '../protocol/execute.js'
import { readPrepare } from '../protocol/prepare.js'
import { readQuery } from '../protocol/query.js'
import type { ReceivedParameters } from '../protocol/query-parameters.js'
import { readRegister } from '../protocol/register.js'
import { readStartup } from '../protocol/startup.js'
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
      return { ...request, query, parameters, keyspace: parameters.keyspace ?? keyspace }
    }
    case Opcode.EXECUTE: {
      const { id, resultMetadataId, parameters } = readExecute(reader, version)
      return { ...request, query: arrival.textOf(id), preparedId: id, resultMetadataId, parameters }
    }
    case Opcode.BATCH: {
      const batch = readBatch(reader, version)
      return { ...request, batch, keyspace: batch.keyspace ?? keyspace }
    }
    default:
      return request
  }
}
