import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MalformedFrameError } from '../../../src/base/errors.js'
import * as errors from '../../../src/base/server-errors.js'
import { readError } from '../../../src/protocol/error.js'
import { writeError } from '../../../src/protocol/write-error.js'
import { bytes, reader, written } from './support.js'

interface Case {
  readonly what: string
  readonly body: string
  /** The class of the error, which names the test too. */
  readonly type: new (...args: never[]) => errors.ServerError
  readonly fields?: Readonly<Record<string, unknown>>
  /** Versions whose server sends this body; all by default. */
  readonly versions?: readonly number[]
}

const v5 = [5]
const before5 = [3, 4]
const none = new Map<string, number>()

const cases: readonly Case[] = [
  { what: 'a server error', body: "00000000 0001 '!'", type: errors.ServerError, fields: { protocolCode: 0 } },
  { what: 'a protocol error', body: "0000000a 0001 '!'", type: errors.ProtocolError },
  { what: 'wrong credentials', body: "00000100 0001 '!'", type: errors.BadCredentialsError },
  {
    what: 'unavailable',
    body: "00001000 0001 '!' 0006 00000002 00000001",
    type: errors.UnavailableError,
    fields: { consistency: 'LOCAL_QUORUM', required: 2, alive: 1 },
  },
  { what: 'overloaded', body: "00001001 0001 '!'", type: errors.OverloadedError },
  { what: 'bootstrapping', body: "00001002 0001 '!'", type: errors.IsBootstrappingError },
  { what: 'a truncate error', body: "00001003 0001 '!'", type: errors.TruncateError },
  {
    what: 'a write timeout',
    body: "00001100 0001 '!' 0004 00000001 00000002 0005 'BATCH'",
    type: errors.WriteTimeoutError,
    fields: { consistency: 'QUORUM', received: 1, blockFor: 2, writeType: 'BATCH', contentions: null },
  },
  {
    what: 'a write timeout of a CAS',
    body: "00001100 0001 '!' 0008 00000001 00000002 0003 'CAS' 0007",
    type: errors.WriteTimeoutError,
    fields: { consistency: 'SERIAL', writeType: 'CAS', contentions: 7 },
    versions: v5,
  },
  {
    what: 'a write timeout of a CAS',
    body: "00001100 0001 '!' 0008 00000001 00000002 0003 'CAS'",
    type: errors.WriteTimeoutError,
    fields: { writeType: 'CAS', contentions: null },
    versions: before5,
  },
  {
    what: 'a read timeout',
    body: "00001200 0001 '!' 0001 00000000 00000001 00",
    type: errors.ReadTimeoutError,
    fields: { consistency: 'ONE', received: 0, blockFor: 1, dataPresent: false },
  },
  {
    what: 'a read failure with a count',
    body: "00001300 0001 '!' 0005 00000001 00000003 00000002 01",
    type: errors.ReadFailureError,
    fields: { consistency: 'ALL', received: 1, blockFor: 3, numFailures: 2, failureReasons: none, dataPresent: true },
    versions: before5,
  },
  {
    what: 'a read failure with reasons',
    body: "00001300 0001 '!' 0005 00000001 00000003 00000002 04 7f000002 0001 10 20010db8000000000000000000000003 0000 01",
    type: errors.ReadFailureError,
    fields: {
      numFailures: 2,
      failureReasons: new Map([
        ['127.0.0.2', 1],
        ['2001:db8::3', 0],
      ]),
      dataPresent: true,
    },
    versions: v5,
  },
  {
    what: 'a function failure',
    body: "00001400 0001 '!' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'",
    type: errors.FunctionFailureError,
    fields: { keyspace: 'ks', functionName: 'f', argTypes: ['int', 'text'] },
  },
  {
    what: 'a write failure with a count',
    body: "00001500 0001 '!' 0002 00000000 00000002 00000001 0006 'SIMPLE'",
    type: errors.WriteFailureError,
    fields: { consistency: 'TWO', received: 0, blockFor: 2, numFailures: 1, failureReasons: none, writeType: 'SIMPLE' },
    versions: before5,
  },
  {
    what: 'a write failure with reasons',
    body: "00001500 0001 '!' 0002 00000000 00000002 00000001 04 0a000001 0002 0006 'SIMPLE'",
    type: errors.WriteFailureError,
    fields: { numFailures: 1, failureReasons: new Map([['10.0.0.1', 2]]), writeType: 'SIMPLE' },
    versions: v5,
  },
  { what: 'a full log of changes', body: "00001600 0001 '!'", type: errors.CdcWriteFailureError },
  {
    what: 'a CAS of unknown outcome',
    body: "00001700 0001 '!' 0009 00000001 00000002",
    type: errors.CasWriteUnknownError,
    fields: { consistency: 'LOCAL_SERIAL', received: 1, blockFor: 2 },
  },
  { what: 'a syntax error', body: "00002000 0001 '!'", type: errors.CqlSyntaxError },
  { what: 'unauthorized', body: "00002100 0001 '!'", type: errors.UnauthorizedError },
  { what: 'an invalid request', body: "00002200 0001 '!'", type: errors.InvalidRequestError },
  { what: 'a configuration error', body: "00002300 0001 '!'", type: errors.ConfigurationError },
  {
    what: 'a table that exists',
    body: "00002400 0001 '!' 0002 'ks' 0001 't'",
    type: errors.AlreadyExistsError,
    fields: { keyspace: 'ks', table: 't' },
  },
  {
    what: 'a keyspace that exists',
    body: "00002400 0001 '!' 0002 'ks' 0000",
    type: errors.AlreadyExistsError,
    fields: { keyspace: 'ks', table: '' },
  },
  { what: 'an unknown prepared id', body: "00002500 0001 '!' 0003 010203", type: errors.UnpreparedError, fields: { id: bytes('010203') } },
]

describe('ERROR bodies become errors with all their fields, and back', () => {
  for (const { what, body, type, fields, versions } of cases) {
    for (const version of versions ?? [3, 4, 5]) {
      test(`${what} of v${version} is a ${type.name}`, () => {
        const error = readError(reader(body), version)
        assert.equal(error.constructor, type)
        assert.equal(error.message, '!')
        assert.equal(error.protocolCode, bytes(body).readInt32BE(0))
        for (const [name, value] of Object.entries(fields ?? {})) assert.deepEqual(error[name as keyof typeof error], value, name)
        assert.equal(
          written((w) => writeError(w, version, error)),
          bytes(body).toString('hex'),
        )
      })
    }
  }
})

test('a code that the driver does not know is a ServerError with that code', () => {
  const error = readError(reader("00008888 0005 'novel' ffff"), 5)
  assert.equal(error.constructor, errors.ServerError)
  assert.equal(error.protocolCode, 0x8888)
  assert.equal(error.message, 'novel')
})

test('a consistency level that the driver does not know has its number for a name', () => {
  const error = readError(reader("00001000 0001 '!' 00ff 00000002 00000001"), 4)
  assert.equal((error as errors.UnavailableError).consistency, 'UNKNOWN (0x00ff)')
})

test('a CAS write timeout of v5 without contentions is taken as it is', () => {
  const error = readError(reader("00001100 0001 '!' 0008 00000001 00000002 0003 'CAS'"), 5)
  assert.equal((error as errors.WriteTimeoutError).contentions, null)
})

test('bodies that end early are refused, at every length', () => {
  for (const { body, versions } of cases) {
    // A CAS write timeout may lack its last field.
    if (body.includes("'CAS' 0007")) continue
    const whole = bytes(body)
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length).toString('hex')
      assert.throws(() => readError(reader(cut), versions?.[0] ?? 4), MalformedFrameError, `${body} cut to ${length} bytes`)
    }
  }
})

test('a count of failure reasons that can not fit is refused', () => {
  assert.throws(() => readError(reader("00001300 0001 '!' 0005 00000001 00000003 7fffffff 04 7f000002 0001 01"), 5), MalformedFrameError)
})
