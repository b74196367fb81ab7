import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { Uuid } from '../../../src/values/uuid.js'

const TEXT = '123e4567-e89b-42d3-a456-426614174000'

describe('Uuid', () => {
  test('reads text in any case and prints lower case', () => {
    assert.equal(Uuid.fromString(TEXT).toString(), TEXT)
    assert.equal(Uuid.fromString(TEXT.toUpperCase()).toString(), TEXT)
    assert.equal(Uuid.fromString('ffffffff-ffff-ffff-ffff-ffffffffffff').toString(), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  })

  test('refuses text that is not a UUID', () => {
    for (const text of [
      '',
      'abc',
      TEXT.slice(1),
      `${TEXT}0`,
      TEXT.replaceAll('-', '0'),
      TEXT.replace('e', 'g'),
      TEXT.replace('1', '\u0661'),
    ]) {
      assert.throws(() => Uuid.fromString(text), InvalidArgumentError, text)
    }
    assert.throws(() => Uuid.fromString(undefined as unknown as string), /got undefined/)
  })

  test('is 16 bytes, most significant first', () => {
    const bytes = Buffer.from(TEXT.replaceAll('-', ''), 'hex')
    assert.deepEqual(Buffer.from(Uuid.fromString(TEXT).toBytes()), bytes)
    assert.equal(Uuid.fromBytes(bytes).toString(), TEXT)
    assert.throws(() => Uuid.fromBytes(bytes.subarray(1)), /takes 16 bytes/)
  })

  test('makes random ones of version 4 and of the RFC variant, all different', () => {
    const texts = new Set<string>()
    for (let i = 0; i < 1000; i++) {
      const uuid = Uuid.random()
      assert.match(uuid.toString(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      texts.add(uuid.toString())
    }
    assert.equal(texts.size, 1000)
  })

  test('is equal to another of the same bits, in assertions too', () => {
    assert.ok(Uuid.fromString(TEXT).equals(Uuid.fromString(TEXT)))
    assert.ok(!Uuid.fromString(TEXT).equals(Uuid.random()))
    assert.ok(!Uuid.fromString(TEXT).equals(TEXT))
    assert.deepEqual(Uuid.fromString(TEXT), Uuid.fromString(TEXT))
    assert.notDeepEqual(Uuid.fromString(TEXT), Uuid.random())
  })

  test('is ordered as by Cassandra: by version, those of version 1 by time, then by unsigned bits', () => {
    const ordered = [
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-0fff-ffff-ffffffffffff',
      'ffffffff-0000-1000-8080-808080808080',
      '00000000-0000-1001-8080-808080808080',
      '00000000-0000-4000-8000-000000000000',
      '7fffffff-ffff-4fff-8000-000000000000',
      '80000000-0000-4000-0000-000000000000',
      '80000000-0000-4000-8000-000000000000',
    ].map((text) => Uuid.fromString(text))
    const shuffled = [5, 2, 7, 0, 3, 6, 1, 4].map((i) => ordered[i]!)
    assert.deepEqual(
      shuffled.sort((a, b) => a.compare(b)),
      ordered,
    )
    assert.equal(ordered[0]!.compare(ordered[0]!), 0)
  })

  test('shows itself in JSON and on the console', () => {
    assert.equal(JSON.stringify({ id: Uuid.fromString(TEXT) }), `{"id":"${TEXT}"}`)
    assert.equal(inspect(Uuid.fromString(TEXT)), `Uuid(${TEXT})`)
    assert.equal(String(Uuid.fromString(TEXT)), TEXT)
  })
})
