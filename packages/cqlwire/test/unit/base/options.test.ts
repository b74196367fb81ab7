import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import {
  anyOf,
  boolean,
  custom,
  fn,
  integer,
  listOf,
  nested,
  number,
  oneOf,
  optional,
  recordOf,
  resolveOptions,
  string,
  withMethods,
} from '../../../src/base/options.js'

const spec = {
  port: integer({ min: 1, max: 65535, default: 9042 }),
  keyspace: optional(string()),
  compression: oneOf(['lz4', 'snappy', false], { default: false }),
  contactPoints: listOf(string(), { default: ['127.0.0.1'] }),
  pool: nested({ heartbeatIntervalMs: integer({ min: 0, unit: 'ms', default: 30_000 }), warm: boolean({ default: true }) }),
}

function rejects(given: unknown, path: string, message: string): void {
  assert.throws(
    () => resolveOptions(spec, given),
    (error) => {
      assert.ok(error instanceof InvalidOptionError)
      assert.equal(error.message, message)
      assert.equal(error.path, path)
      return true
    },
  )
}

test('completes options with their defaults, at every depth', () => {
  const options = resolveOptions(spec, { pool: { warm: false } })
  assert.deepEqual(options, {
    port: 9042,
    keyspace: undefined,
    compression: false,
    contactPoints: ['127.0.0.1'],
    pool: { heartbeatIntervalMs: 30_000, warm: false },
  })
  // The types are inferred: these lines compile only where they are right.
  const port: number = options.port
  const compression: 'lz4' | 'snappy' | false = options.compression
  const keyspace: string | undefined = options.keyspace
  const interval: number = options.pool.heartbeatIntervalMs
  assert.deepEqual([port, compression, keyspace, interval], [9042, false, undefined, 30_000])
})

test('takes undefined for absent', () => {
  assert.equal(resolveOptions(spec, { port: undefined }).port, 9042)
  assert.equal(resolveOptions(spec, undefined).port, 9042)
})

test('freezes what it gives, and leaves what it was given alone', () => {
  const given = { contactPoints: ['a'], pool: {} }
  const options = resolveOptions(spec, given)
  assert.ok(Object.isFrozen(options) && Object.isFrozen(options.pool) && Object.isFrozen(options.contactPoints))
  given.contactPoints.push('b')
  assert.deepEqual(options.contactPoints, ['a'])
})

test('names the nearest option where one is unknown', () => {
  rejects({ prot: 1 }, 'prot', 'Unknown option prot: did you mean port?')
  rejects({ pool: { heartbeatMs: 1 } }, 'pool.heartbeatMs', 'Unknown option pool.heartbeatMs: known here: heartbeatIntervalMs, warm')
  rejects({ toString: 1 }, 'toString', 'Unknown option toString: known here: port, keyspace, compression, contactPoints, pool')
})

test('says what an option takes and what it got', () => {
  rejects({ port: '9042' }, 'port', 'Option port takes an integer from 1 to 65535, got text "9042"')
  rejects({ port: 70000 }, 'port', 'Option port takes an integer from 1 to 65535, got number 70000')
  rejects({ port: null }, 'port', 'Option port takes an integer from 1 to 65535, got null')
  rejects({ port: NaN }, 'port', 'Option port takes an integer from 1 to 65535, got number NaN')
  rejects({ compression: 'zip' }, 'compression', 'Option compression takes "lz4", "snappy" or false, got text "zip"')
  rejects({ contactPoints: ['a', 1] }, 'contactPoints[1]', 'Option contactPoints[1] takes text that is not empty, got number 1')
  rejects(
    { contactPoints: [] },
    'contactPoints',
    'Option contactPoints takes an array whose elements are each text that is not empty, got an array of 0',
  )
  rejects(
    { pool: { heartbeatIntervalMs: -1 } },
    'pool.heartbeatIntervalMs',
    'Option pool.heartbeatIntervalMs takes an integer of at least 0 (ms), got number -1',
  )
  rejects({ pool: new Map() }, 'pool', 'Option pool takes an object of options (heartbeatIntervalMs, warm), got an object of class Map')
})

test('takes an object of options', () => {
  rejects('127.0.0.1', '', 'The options take an object of options (port, keyspace, compression, contactPoints, pool), got text "127.0.0.1"')
  rejects([], '', 'The options take an object of options (port, keyspace, compression, contactPoints, pool), got an array of 0')
  rejects({ pool: null }, 'pool', 'Option pool takes an object of options (heartbeatIntervalMs, warm), got null')
})

test('shortens long values and keeps secrets', () => {
  assert.throws(
    () => resolveOptions({ a: integer() }, { a: 'x'.repeat(500) }),
    (error: Error) => error.message.length < 120,
  )
  const secrets = { password: custom<string>('a password of eight characters', (value) => String(value).length === 8, { secret: true }) }
  assert.throws(
    () => resolveOptions(secrets, { password: 'hunter2' }),
    (error: Error) => {
      assert.equal(error.message, 'Option password takes a password of eight characters, got a text')
      return true
    },
  )
})

test('says what is missing where there is no default', () => {
  assert.throws(() => resolveOptions({ a: nested({ b: number() }) }, {}), /Option a\.b is missing: it takes a number and has no default/)
})

test('plugs in objects by their methods, not by their class', () => {
  interface Policy {
    pick(): string
  }
  const plugged = { policy: optional(withMethods<Policy>('a policy', ['pick'])), factory: optional(fn<(row: number) => string>()) }
  const policy = { pick: () => 'a' }
  assert.equal(resolveOptions(plugged, { policy }).policy, policy)
  assert.throws(() => resolveOptions(plugged, { policy: { pik: () => 'a' } }), /takes a policy \(an object with pick\), got an object$/)
  assert.throws(() => resolveOptions(plugged, { factory: {} }), /Option factory takes a function, got an object/)
})

test('reads one of several kinds by the kind of the value', () => {
  const auth = {
    auth: anyOf([
      withMethods<{ login(): void }>('a provider', ['login']),
      nested({ username: string(), password: string({ secret: true }) }),
    ]),
  }
  assert.deepEqual(resolveOptions(auth, { auth: { username: 'a', password: 'b' } }).auth, { username: 'a', password: 'b' })
  assert.throws(
    () => resolveOptions(auth, { auth: { username: 'a', pasword: 'b' } }),
    /Unknown option auth\.pasword: did you mean auth\.password\?/,
  )
  assert.throws(
    () => resolveOptions(auth, { auth: 5 }),
    /Option auth takes a provider .* or an object of options \(username, password\), got number 5/,
  )
  assert.throws(() => resolveOptions(auth, {}), InvalidOptionError)
})

test('reads records with any keys', () => {
  const profiles = { profiles: recordOf(nested({ pageSize: integer({ default: 5000 }) })) }
  assert.equal(resolveOptions(profiles, { profiles: { olap: {} } }).profiles['olap']?.pageSize, 5000)
  assert.deepEqual(Object.keys(resolveOptions(profiles, {}).profiles), [])
  assert.throws(
    () => resolveOptions(profiles, { profiles: { olap: { pagesize: 1 } } }),
    /Unknown option profiles\.olap\.pagesize: did you mean profiles\.olap\.pageSize\?/,
  )
  const odd = JSON.parse('{"profiles": {"__proto__": {"pageSize": 1}}}') as unknown
  assert.equal(resolveOptions(profiles, odd).profiles['__proto__']?.pageSize, 1)
})
