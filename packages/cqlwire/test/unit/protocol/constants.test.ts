import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Consistency, consistencyCode, consistencyName, Opcode, opcodeName } from '../../../src/protocol/constants.js'
import { featuresOf, isSupportedVersion, SUPPORTED_VERSIONS } from '../../../src/protocol/features.js'

describe('consistency levels', () => {
  test('have the numbers of section 3', () => {
    const expected = ['ANY', 'ONE', 'TWO', 'THREE', 'QUORUM', 'ALL', 'LOCAL_QUORUM', 'EACH_QUORUM', 'SERIAL', 'LOCAL_SERIAL', 'LOCAL_ONE']
    assert.deepEqual(Object.keys(Consistency), expected)
    for (const [code, name] of expected.entries()) {
      assert.equal(consistencyCode(name), code)
      assert.equal(consistencyName(code), name)
    }
  })

  for (const [wrong, right] of [
    ['local_quorum', 'LOCAL_QUORUM'],
    ['LOCAL-ONE', 'LOCAL_ONE'],
    ['QUROUM', 'QUORUM'],
    ['EACHQUORUM', 'EACH_QUORUM'],
  ] as const) {
    test(`${wrong} is refused with ${right} as the nearest name`, () => {
      assert.throws(() => consistencyCode(wrong), { name: 'InvalidArgumentError', message: new RegExp(`did you mean '${right}'`) })
    })
  }

  test('a name that every object has is refused too', () => {
    assert.throws(() => consistencyCode('toString'), { name: 'InvalidArgumentError' })
  })
})

test('opcodes are named in messages', () => {
  assert.equal(opcodeName(Opcode.EXECUTE), 'EXECUTE')
  assert.equal(opcodeName(0x04), 'opcode 0x04')
})

describe('versions', () => {
  test('are tried from the best down', () => {
    assert.deepEqual(SUPPORTED_VERSIONS, [5, 4, 3])
    assert.equal(isSupportedVersion(4), true)
    assert.equal(isSupportedVersion(6), false)
    assert.throws(() => featuresOf(2), /not 2/)
  })

  test('v5 has segments, 32-bit flags, metadata ids and LZ4 only', () => {
    const v5 = featuresOf(5)
    assert.equal(v5.usesSegments && v5.has32BitQueryFlags && v5.hasResultMetadataId && v5.hasKeyspacePerRequest, true)
    assert.deepEqual(v5.compressions, ['lz4'])
  })

  test('v4 has values that are not set, warnings and payloads, which v3 has not', () => {
    const [v4, v3] = [featuresOf(4), featuresOf(3)]
    assert.deepEqual([v4.hasUnset, v4.hasWarnings, v4.hasCustomPayload, v4.hasPartitionKeyIndexes], [true, true, true, true])
    assert.deepEqual([v3.hasUnset, v3.hasWarnings, v3.hasCustomPayload, v3.hasPartitionKeyIndexes], [false, false, false, false])
    assert.equal(v4.usesSegments || v4.hasNowInSeconds, false)
  })
})
