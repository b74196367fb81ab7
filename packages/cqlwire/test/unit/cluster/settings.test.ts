import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { type ClusterSettings, resolveClusterOptions } from '../../../src/cluster/settings.js'
import { PlainTextAuthProvider } from '../../../src/connection/auth.js'
import { DefaultLoadBalancingPolicy } from '../../../src/policies/default-policy.js'
import { DefaultRetryPolicy } from '../../../src/policies/default-retry.js'

const resolve = (options: object = {}): ClusterSettings => resolveClusterOptions({ contactPoints: ['127.0.0.1'], ...options })

function refused(options: object, path: string, message: RegExp): void {
  assert.throws(
    () => resolve(options),
    (error: InvalidOptionError) => {
      assert.ok(error instanceof InvalidOptionError)
      assert.equal(error.path, path)
      assert.match(error.message, message)
      return true
    },
  )
}

describe('the options of a cluster', () => {
  it('have a default for everything but the contact points', () => {
    const settings = resolve()
    const { contactPoints, pool, connectTimeoutMs, requestTimeoutMs, metadata, prepared, numbers, requestDefaults } = settings
    assert.deepEqual(contactPoints, [{ text: '127.0.0.1', host: '127.0.0.1', port: 9042 }])
    assert.deepEqual(pool, {
      connectionsPerHost: { local: 1, remote: 1 },
      maxRequestsPerConnection: 2048,
      maxQueuedRequests: 65_536,
      heartbeatIntervalMs: 30_000,
      heartbeatTimeoutMs: 30_000,
    })
    assert.deepEqual([connectTimeoutMs, requestTimeoutMs, settings.schemaAgreementTimeoutMs], [5_000, 10_000, 10_000])
    assert.deepEqual(metadata, { schema: true, tokens: true, refreshWindowMs: 1_000, pageSize: 1_000 })
    assert.deepEqual(prepared, { onAllHosts: true, reprepareOnUp: true, cacheSize: 1_000 })
    assert.deepEqual(numbers, { bigint: 'bigint', varint: 'bigint', decimal: 'decimal' })
    const { loadBalancing, retry, speculativeExecution, ...plain } = requestDefaults
    assert.deepEqual(plain, {
      consistency: 'LOCAL_ONE',
      serialConsistency: null,
      timeoutMs: 10_000,
      pageSize: 5_000,
      rowFactory: 'object',
      idempotent: false,
    })
    assert.ok(loadBalancing instanceof DefaultLoadBalancingPolicy && retry instanceof DefaultRetryPolicy)
    assert.deepEqual([settings.tls, settings.auth, settings.keyspace, settings.logger], [null, null, null, null])
    assert.ok(Object.isFrozen(settings))
    refused({ contactPoints: undefined }, 'contactPoints', /missing/)
  })

  it('name an unknown one with the nearest', () => {
    refused({ contactPoint: ['a'] }, 'contactPoint', /did you mean contactPoints\?/)
    refused({ pool: { heartbeatInterval: 1 } }, 'pool.heartbeatInterval', /did you mean pool\.heartbeatIntervalMs\?/)
    refused(
      { executionProfiles: { slow: { timeout: 1 } } },
      'executionProfiles.slow.timeout',
      /did you mean executionProfiles\.slow\.timeoutMs\?/,
    )
  })

  it('say where a wrong value stands and what it may be', () => {
    refused({ contactPoints: [] }, 'contactPoints', /an array of one or more/)
    refused({ contactPoints: '127.0.0.1' }, 'contactPoints', /got text "127\.0\.0\.1"/)
    refused({ contactPoints: ['a', 'b:x'] }, 'contactPoints[1]', /port/)
    refused({ protocolVersion: 6 }, 'protocolVersion', /3, 4 or 5, got number 6/)
    refused({ compression: 'gzip' }, 'compression', /"lz4" or "snappy"/)
    refused({ loadBalancing: {} }, 'loadBalancing', /a LoadBalancingPolicy \(an object with distance, newQueryPlan\)/)
    refused({ requestTimeoutMs: -1 }, 'requestTimeoutMs', /at least|from 0/)
    refused({ pool: { connectionsPerHost: { local: 0 } } }, 'pool.connectionsPerHost.local', /from 1 to 128/)
    refused({ executionProfiles: { slow: { consistency: 'ALLES' } } }, 'executionProfiles.slow.consistency', /"ALL"/)
    refused({ clientId: 'me' }, 'clientId', /a UUID/)
    refused({ logger: {} }, 'logger', /debug, info, warn, error/)
  })

  it('never show a secret', () => {
    for (const auth of [
      { username: 'me', password: 12345678 },
      { username: 'me', password: 'tops3cret', pasword: 1 },
      'tops3cret',
      { username: 7, password: 'tops3cret' },
    ]) {
      assert.throws(
        () => resolve({ auth }),
        (error: Error) => error instanceof InvalidOptionError && !/tops3cret|12345678/.test(error.message),
      )
    }
  })

  it('take credentials as they are, or a provider', () => {
    assert.ok(resolve({ auth: { username: 'me', password: 'x' } }).auth instanceof PlainTextAuthProvider)
    const provider = { newAuthenticator: () => ({ initialResponse: () => null, evaluateChallenge: () => null }) }
    assert.equal(resolve({ auth: provider }).auth, provider)
  })

  it('take a number of connections for near and far nodes alike', () => {
    assert.deepEqual(resolve({ pool: { connectionsPerHost: 4 } }).pool.connectionsPerHost, { local: 4, remote: 4 })
    assert.deepEqual(resolve({ pool: { connectionsPerHost: { local: 3 } } }).pool.connectionsPerHost, { local: 3, remote: 1 })
  })

  it('know that protocol v5 has no snappy', () => {
    refused({ compression: 'snappy', protocolVersion: 5 }, 'compression', /no snappy there/)
    assert.equal(resolve({ compression: 'snappy', protocolVersion: 4 }).compression, 'snappy')
    assert.equal(resolve({ compression: 'snappy' }).compression, 'snappy')
  })

  it('turn TLS on with true, with options of its own, or with what gives them: verified, from TLS 1.2 on, unless they say otherwise', async () => {
    assert.equal(resolve({ tls: false }).tls, null)
    const { secureContext, ...plain } = await resolve({ tls: true }).tls!.options()
    assert.deepEqual(plain, { rejectUnauthorized: true, minVersion: 'TLSv1.2' })
    assert.ok(secureContext !== undefined)
    for (const tls of [{ servername: 'db' }, () => ({ servername: 'db' })])
      assert.equal((await resolve({ tls }).tls!.options()).servername, 'db')
    const lax = await resolve({ tls: { rejectUnauthorized: false, minVersion: 'TLSv1' } }).tls!.options()
    assert.deepEqual([lax.rejectUnauthorized, lax.minVersion], [false, 'TLSv1'])
  })

  it('build profiles from the one named default, and that from the cluster', () => {
    const retry = new DefaultRetryPolicy()
    const settings = resolve({
      retry,
      requestTimeoutMs: 2_000,
      executionProfiles: { default: { pageSize: 10 }, slow: { timeoutMs: 60_000, consistency: 'QUORUM' } },
    })
    assert.equal(settings.requestDefaults, settings.executionProfiles.get('default'))
    const { timeoutMs, pageSize, consistency } = settings.executionProfiles.get('slow')!
    assert.deepEqual([timeoutMs, pageSize, consistency], [60_000, 10, 'QUORUM'])
    assert.deepEqual([settings.requestDefaults.timeoutMs, settings.requestDefaults.retry], [2_000, retry])
    assert.equal(settings.executionProfiles.get('slow')!.loadBalancing, settings.requestDefaults.loadBalancing)
  })
})
