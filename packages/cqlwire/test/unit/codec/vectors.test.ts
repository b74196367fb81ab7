import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { decodeValue, encodeValue } from '../../../src/codec/value.js'
import { formatType } from '../../../src/codec/format-type.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { readVectorValue, type Vector } from '../../support/vector-values.js'

// JSON is not compiled: it is read where it lies in the sources, seen from build/test/unit/codec.
const file = new URL('../../../../test/unit/codec/vectors.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] }

describe('values as the Python driver writes them', () => {
  const byType = new Map<string, Vector[]>()
  for (const vector of vectors) byType.set(vector.marshal, [...(byType.get(vector.marshal) ?? []), vector])

  for (const [marshal, ofType] of byType) {
    test(`writes and reads ${ofType[0]!.type ?? marshal}`, () => {
      for (const { value: json, hex, type } of ofType) {
        const value = readVectorValue(json)
        assert.equal(Buffer.from(encodeValue(marshal, value)).toString('hex'), hex, `${marshal} ${JSON.stringify(json)}`)
        assert.deepEqual(decodeValue(marshal, Buffer.from(hex, 'hex')), value)
        if (type !== null) assert.equal(Buffer.from(encodeValue(type, value)).toString('hex'), hex)
      }
    })

    test(`understands the class name ${marshal.slice(0, 60)}`, () => {
      const { type } = ofType[0]!
      if (type === null) assert.equal(formatType(parseType(marshal)), 'address')
      else assert.equal(formatType(parseType(marshal)), type)
    })
  }
})
