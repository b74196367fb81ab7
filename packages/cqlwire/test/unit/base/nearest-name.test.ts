import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editDistance, nearestName } from '../../../src/base/nearest-name.js'

test('counts inserted, deleted, replaced and swapped characters', () => {
  assert.equal(editDistance('port', 'port', 3), 0)
  assert.equal(editDistance('port', 'ports', 3), 1)
  assert.equal(editDistance('port', 'pot', 3), 1)
  assert.equal(editDistance('port', 'part', 3), 1)
  assert.equal(editDistance('port', 'prot', 3), 1)
  assert.equal(editDistance('kitten', 'sitting', 9), 3)
  assert.equal(editDistance('', 'abc', 9), 3)
})

test('gives up beyond its limit', () => {
  assert.equal(editDistance('kitten', 'sitting', 2), 3)
  assert.equal(editDistance('a', 'abcdefgh', 2), 3)
})

test('finds the name that was meant, whatever its case', () => {
  const known = ['contactPoints', 'localDataCenter', 'port', 'pool', 'heartbeatIntervalMs']
  assert.equal(nearestName('contactPoint', known), 'contactPoints')
  assert.equal(nearestName('localDatacenter', known), 'localDataCenter')
  assert.equal(nearestName('prot', known), 'port')
  assert.equal(nearestName('heartbeat', known), 'heartbeatIntervalMs')
})

test('guesses nothing where nothing is near', () => {
  assert.equal(nearestName('banana', ['contactPoints', 'port']), null)
  assert.equal(nearestName('x', []), null)
})
