import assert from 'node:assert/strict'
import { it } from 'node:test'
import { cityCount, cityOf, loadCities } from '../../../dist/demo/cities.js'

const loadedAt = new Date(1_750_000_000_000)

it('knows how many cities there are, each with an id of its own', async () => {
  const cities = await loadCities(Number.MAX_SAFE_INTEGER, loadedAt)
  assert.equal(cities.length, cityCount)
  assert.ok(cityCount >= 130_000)
  assert.equal(new Set(cities.map(({ id }) => id)).size, cityCount)
  assert.equal(new Set(cities.map(({ uid }) => uid.toString())).size, cityCount)
})

it('takes a part of the data from all over the world, and the same part every time', async () => {
  const some = await loadCities(500, loadedAt)
  assert.deepEqual(some, await loadCities(500, loadedAt))
  assert.ok(new Set(some.map(({ country }) => country)).size > 50)
})

it('keeps what is not known as null', () => {
  const place = {
    cityId: 7,
    name: 'Nowhere-on-Sea',
    country: 'XX',
    featureCode: 'PPL',
    adminCode: '',
    muni: '',
    population: 0,
    loc: { type: 'Point', coordinates: [-1.5, 50.25] },
  }
  const city = cityOf(place, loadedAt)
  assert.equal(city.population, null)
  assert.equal(city.codes, null)
  assert.deepEqual(city.location, { latitude: 50.25, longitude: -1.5 })
  assert.deepEqual(city.words, new Set(['nowhere', 'on', 'sea']))
  assert.equal(city.capital, false)
  assert.equal(city.uid.version, 8)
})
