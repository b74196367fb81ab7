import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { DRIVER_VERSION, quoteName } from '../../../src/cluster/connection-factory.js'

describe('what connections say', () => {
  it('names the version of the package', () => {
    // The package's own name leads to its package.json wherever the compiled test stands.
    const { version } = createRequire(import.meta.url)('cqlwire/package.json') as { version: string }
    assert.equal(DRIVER_VERSION, version)
  })

  it('quotes names of keyspaces, so that no name is more than a name', () => {
    assert.equal(quoteName('Shop'), '"Shop"')
    assert.equal(quoteName('a"; DROP KEYSPACE b; --'), '"a""; DROP KEYSPACE b; --"')
  })
})
