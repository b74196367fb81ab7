import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileBind } from '../../../src/codec/bind.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { builtInRequestDefaults } from '../../../src/cluster/request-defaults.js'
import { PreparedStatement } from '../../../src/session/prepared-statement.js'
import { type Attempt, ExecuteRequest } from '../../../src/session/request.js'
import { type RequestOptions, RequestSettings, withOptions } from '../../../src/session/request-options.js'
import { ResultShape } from '../../../src/session/result-shape.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

const registry = createCodecRegistry()
const base = new RequestSettings(builtInRequestDefaults())

function prepared(columns: string[] = []): PreparedStatement {
  const shape = new ResultShape(
    columns.map((name) => ({ keyspace: 'ks', table: 't', name, type: parseType('int') })),
    Buffer.from('meta'),
    registry,
    true,
  )
  const bind = compileBind([{ keyspace: 'ks', table: 't', name: 'id', type: parseType('int') }], registry, { protocolVersion: 5 })
  return new PreparedStatement({ id: Buffer.from('abcd'), query: 'q', keyspace: null, bind, routing: null, shape })
}

/** The body of EXECUTE with the parameter 7, in hexadecimal; `micros`: what the timestamp generator gives. */
function body(
  statement: PreparedStatement,
  version: number,
  options: RequestOptions,
  micros: number | null = 258,
  downgraded: string | null = null,
): string {
  const settings = withOptions(base, options)
  const attempt: Attempt = {
    settings,
    downgraded,
    timestampHigh: 0,
    timestampLow: micros ?? 0,
    stamp: () => micros !== null,
    suspects: () => false,
  }
  const writer = new ByteWriter()
  new ExecuteRequest(statement, [7]).write(writer, version, attempt)
  return writer.toBuffer().toString('hex')
}

// Section 4.1.6 and 4.1.4 of the specification, v4: id, consistency, flags, values, page size, timestamp.
const id = '000461626364'
const values = '0001' + '00000004' + '00000007'
const timestamp = '0000000000000102'

describe('EXECUTE', () => {
  test('has the same bytes the first time and from then on', () => {
    const statement = prepared()
    const wanted = `${id}000a25${values}00001388${timestamp}`
    for (let i = 0; i < 3; i++) assert.equal(body(statement, 4, {}), wanted)
    assert.ok(statement.frame)
  })

  test('has the id of the columns before the parameters, and flags of four bytes, on v5', () => {
    const statement = prepared(['a'])
    const wanted = `${id}00046d657461000a00000027${values}00001388${timestamp}`
    for (let i = 0; i < 3; i++) assert.equal(body(statement, 5, {}), wanted)
  })

  test('says what each request says, though the one before said something else', () => {
    const statement = prepared(['a'])
    const cases: [number, RequestOptions, number | null, string | null, string][] = [
      [4, {}, 258, null, `${id}000a27${values}00001388${timestamp}`],
      [4, { consistency: 'QUORUM' }, 258, null, `${id}000427${values}00001388${timestamp}`],
      [4, {}, 258, 'ONE', `${id}000127${values}00001388${timestamp}`],
      [4, { pageSize: 16 }, 258, null, `${id}000a27${values}00000010${timestamp}`],
      [4, { pageSize: 0 }, 258, null, `${id}000a23${values}${timestamp}`],
      [4, { serialConsistency: 'LOCAL_SERIAL' }, 258, null, `${id}000a37${values}000013880009${timestamp}`],
      [4, {}, null, null, `${id}000a07${values}00001388`],
      [4, { pageState: Buffer.from('p') }, 258, null, `${id}000a2f${values}000013880000000170${timestamp}`],
      [4, { customPayload: { k: Buffer.from('v') } }, 258, null, `000100016b0000000176${id}000a27${values}00001388${timestamp}`],
      [5, { nowInSeconds: 9 }, 258, null, `${id}00046d657461000a00000127${values}00001388${timestamp}00000009`],
      [3, {}, 258, null, `${id}000a27${values}00001388${timestamp}`],
    ]
    // Often enough that the shared bytes are made anew now and then.
    for (let i = 0; i < 60; i++) {
      const [version, options, micros, downgraded, wanted] = cases[(i * 7) % cases.length]!
      assert.equal(body(statement, version, options, micros, downgraded), wanted, `request ${i}`)
    }
  })

  test('uses what it knows of the columns only as long as they are the same', () => {
    const statement = prepared(['a'])
    body(statement, 5, {})
    statement.shape = prepared().shape
    assert.equal(body(statement, 5, {}), `${id}00046d657461000a00000025${values}00001388${timestamp}`)
  })
})
