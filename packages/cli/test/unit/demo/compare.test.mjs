import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Uuid } from 'cqlwire'
import { differences } from '../../../dist/demo/compare.js'
import { columns } from '../../../dist/demo/schema.js'

const city = {
  id: 7,
  name: 'Vårdö',
  country: 'AX',
  feature: 'PPL',
  capital: false,
  location: { latitude: 60.2, longitude: 20.4 },
  population: 411n,
  codes: new Map([['admin1', '213']]),
  words: new Set(['a', 'b']),
  uid: new Uuid(1, 2, 3, 4),
  loaded_at: new Date(5),
}
const row = (changes = {}) => ({ ...Object.fromEntries(columns.map(([name]) => [name, city[name]])), ...changes })

describe('the comparison of what was written with what was read', () => {
  it('takes equal values in other objects, and sets in another order, as equal', () => {
    const same = row({
      location: { longitude: 20.4, latitude: 60.2 },
      codes: new Map(city.codes),
      words: new Set(['b', 'a']),
      uid: new Uuid(1, 2, 3, 4),
      loaded_at: new Date(5),
    })
    assert.deepEqual(differences(city, same), [])
  })

  const wrong = {
    'another text': { name: 'Vardo' },
    'a number where a bigint was written': { population: 411 },
    'null where a value was written': { population: null },
    'a missing column': { country: undefined },
    'a coordinate that lost precision': { location: { latitude: Math.fround(60.2), longitude: 20.4 } },
    'another entry of a map': { codes: new Map([['admin1', '214']]) },
    'one more entry of a map': { codes: new Map([...city.codes, ['admin2', '1']]) },
    'a plain object where a map was written': { codes: { admin1: '213' } },
    'a missing member of a set': { words: new Set(['a']) },
    'an array where a set was written': { words: ['a', 'b'] },
    'the text of a uuid': { uid: city.uid.toString() },
    'another millisecond': { loaded_at: new Date(6) },
    'milliseconds where a date was written': { loaded_at: 5 },
  }
  for (const [title, changes] of Object.entries(wrong)) {
    it(`finds ${title}`, () => {
      assert.deepEqual(
        differences(city, row(changes)).map(({ id, field }) => [id, field]),
        [[7, Object.keys(changes)[0]]],
      )
    })
  }

  it('finds columns in another order, and columns too many', () => {
    assert.deepEqual(
      differences(city, row({ extra: 1 })).map(({ field }) => field),
      ['*'],
    )
    const { id, ...rest } = row()
    assert.deepEqual(
      differences(city, { ...rest, id }).map(({ field }) => field),
      ['*'],
    )
  })

  it('says what was written and what was read', () => {
    const [found] = differences(city, row({ codes: null }))
    assert.deepEqual(found, { id: 7, field: 'codes', expected: 'Map {"admin1" => "213"}', actual: 'null' })
  })
})
