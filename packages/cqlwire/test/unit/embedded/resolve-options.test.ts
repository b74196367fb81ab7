import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { resolveEmbeddedOptions } from '../../../src/embedded/resolve-options.js'

describe('options of startCassandra', () => {
  it('starts one node of the tested release on the usual port when nothing is given', () => {
    const options = resolveEmbeddedOptions({})
    assert.deepEqual(options.places, [{ address: '127.0.0.1', dataCenter: 'dc1', rack: 'rack1' }])
    assert.equal(options.version, '5.0.6')
    assert.equal(options.port, 9042)
    assert.equal(options.heap, 1024)
    assert.equal(options.tls, null)
    assert.equal(options.directory, null)
  })

  it('places nodes by data centre on consecutive addresses', () => {
    const { places, heap } = resolveEmbeddedOptions({
      datacenters: { east: 2, west: 1 },
      racks: ['r1', 'r2', 'r1'],
      firstAddress: '127.0.0.11',
    })
    assert.deepEqual(places, [
      { address: '127.0.0.11', dataCenter: 'east', rack: 'r1' },
      { address: '127.0.0.12', dataCenter: 'east', rack: 'r2' },
      { address: '127.0.0.13', dataCenter: 'west', rack: 'r1' },
    ])
    assert.equal(heap, 600)
  })

  it('takes one data centre a node as a list', () => {
    const { places } = resolveEmbeddedOptions({ datacenters: ['b', 'a', 'b'] })
    assert.deepEqual(
      places.map((place) => place.dataCenter),
      ['b', 'a', 'b'],
    )
  })

  it('reads heap sizes in MiB and GiB', () => {
    assert.equal(resolveEmbeddedOptions({ heap: '300m' }).heap, 300)
    assert.equal(resolveEmbeddedOptions({ heap: '2G' }).heap, 2048)
  })

  it('takes tls as true or as an object', () => {
    assert.deepEqual(resolveEmbeddedOptions({ tls: true }).tls, { clientAuth: false })
    assert.deepEqual(resolveEmbeddedOptions({ tls: { clientAuth: true } }).tls, { clientAuth: true })
    assert.equal(resolveEmbeddedOptions({ tls: false }).tls, null)
  })

  const wrong: [given: object, path: string][] = [
    [{ nodez: 3 }, 'nodez'],
    [{ nodes: 0 }, 'nodes'],
    [{ nodes: '3' }, 'nodes'],
    [{ nodes: 10 }, 'nodes'],
    [{ datacenters: { dc1: 0 } }, 'datacenters.dc1'],
    [{ datacenters: {} }, 'datacenters'],
    [{ datacenters: { dc1: 9, dc2: 9 } }, 'datacenters'],
    [{ datacenters: { 'dc 1\nrack=x': 1 } }, 'datacenters'],
    [{ datacenters: ['dc1', 'dc2'], nodes: 3 }, 'datacenters'],
    [{ racks: ['r1', ''] }, 'racks[1]'],
    [{ racks: ['r1', 'r2'], nodes: 3 }, 'racks'],
    [{ heap: '12' }, 'heap'],
    [{ heap: '12m' }, 'heap'],
    [{ tuning: 'speed' }, 'tuning'],
    [{ numTokens: 0 }, 'numTokens'],
    [{ config: [] }, 'config'],
    [{ jvmOptions: ['x'] }, 'jvmOptions[0]'],
    [{ version: '5.0.6</version>' }, 'version'],
    [{ version: '4.1.0' }, 'version'],
    [{ firstAddress: '127.0.0' }, 'firstAddress'],
    [{ firstAddress: '10.0.0.1' }, 'firstAddress'],
    [{ firstAddress: '127.0.0.254', nodes: 2 }, 'firstAddress'],
    [{ port: 65_536 }, 'port'],
    [{ port: 7000 }, 'storagePort'],
    [{ directory: '' }, 'directory'],
    [{ passwordAuthentication: 1 }, 'passwordAuthentication'],
    [{ tls: { ca: 'x' } }, 'tls.ca'],
    [{ startTimeoutMs: 0 }, 'startTimeoutMs'],
    [{ onProgress: true }, 'onProgress'],
    [{ signal: {} }, 'signal'],
  ]
  for (const [given, path] of wrong) {
    it(`refuses ${JSON.stringify(given)} and names ${path}`, () => {
      assert.throws(
        () => resolveEmbeddedOptions(given),
        (error) => error instanceof InvalidOptionError && error.path === path && error.message.includes(path.replace(/\[\d\]$/, '')),
      )
    })
  }
})
