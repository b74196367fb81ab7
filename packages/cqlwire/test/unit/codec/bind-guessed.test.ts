import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { bindGuessed, type GuessedValues } from '../../../src/codec/bind-guessed.js'
import type { BindParameters } from '../../../src/codec/bind.js'
import type { DataType } from '../../../src/codec/data-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

const registry = createCodecRegistry()

function guessType(value: unknown): DataType {
  if (typeof value === 'number') return { kind: 'int' }
  if (typeof value === 'string') return { kind: 'text' }
  throw new InvalidArgumentError('has no type that could be guessed')
}

function guessed(params: BindParameters, protocolVersion = 4): GuessedValues {
  return bindGuessed(params, { registry, guessType, protocolVersion })
}

function bytesOf(values: GuessedValues): string {
  const writer = new ByteWriter(1)
  values.write(writer)
  return writer.toBuffer().toString('hex')
}

describe('parameters of guessed types', () => {
  it('are written one after another, null and undefined without a type', () => {
    const values = guessed([1, 'ab', null, undefined])
    assert.deepEqual([values.count, values.named], [4, false])
    assert.equal(bytesOf(values), '0004' + '0000000400000001' + '000000026162' + 'ffffffff' + 'fffffffe')
  })

  it('are written behind their names where they have some', () => {
    const values = guessed({ id: 1, Größe: null })
    assert.deepEqual([values.count, values.named], [2, true])
    assert.equal(bytesOf(values), '0002' + '00026964' + '0000000400000001' + '00074772c3b6c39f65' + 'ffffffff')
  })

  it('may be none', () => {
    for (const params of [undefined, null, [], {}]) {
      const values = guessed(params)
      assert.deepEqual([values.count, values.named, bytesOf(values)], [0, false, '0000'])
    }
  })

  it('are refused by position and name where no type fits, or the value does not fit its type', () => {
    assert.throws(() => guessed([1, true]), /^InvalidArgumentError: Parameter 2 of 2 has no type/)
    assert.throws(() => guessed({ flag: true }), /^InvalidArgumentError: Parameter 1 of 1, "flag", has no type/)
    assert.throws(() => bytesOf(guessed({ n: 1.5 })), /^InvalidArgumentError: Parameter 1 of 1, "n" \(int\), takes/)
    assert.throws(() => bytesOf(guessed([undefined], 3)), /UNSET/)
    assert.throws(() => guessed(new Array(65_536).fill(1)), /at most 65535 parameters/)
  })
})
