import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdentityTranslator } from '../../../src/policies/address-translator.js'

test('addresses stay as nodes say by default', () => {
  assert.deepEqual(new IdentityTranslator().translate('10.0.0.1', 9042), { address: '10.0.0.1', port: 9042 })
})
