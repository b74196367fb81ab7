/** Logging in: whom credentials are given to, exchanges that go wrong, transitional mode, acting as another role. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AuthenticationError, InvalidArgumentError, InvalidOptionError } from '../../src/base/errors.js'
import {
  type Authenticator,
  PLAIN_AUTHENTICATORS,
  PlainTextAuthProvider,
  SaslAuthProvider,
  TransitionalAuthProvider,
} from '../../src/connection/auth.js'
import { ExternalMechanism, PlainMechanism } from '../../src/connection/sasl.js'
import type { ClusterOptions } from '../../src/cluster/options.js'
import { writeAuthChallenge, writeAuthenticate, writeAuthSuccess } from '../../src/protocol/auth.js'
import { Opcode } from '../../src/protocol/constants.js'
import { writeError } from '../../src/protocol/write-error.js'
import { BadCredentialsError } from '../../src/base/server-errors.js'
import { Cluster } from '../../src/session/cluster.js'
import { type Asked, ByteNode } from './byte-node.js'
import { BY_ID, eventually, failure, Lab, within } from './support.js'

const DSE = 'com.datastax.bdp.cassandra.auth.DseAuthenticator'
const PASSWORD = 'org.apache.cassandra.auth.PasswordAuthenticator'
const CREDENTIALS = { username: 'ada', password: 'sw0rdfish' }

const wants = (name: string) => (asked: Asked) => asked.answer(Opcode.AUTHENTICATE, (writer) => writeAuthenticate(writer, name))
const success = (asked: Asked): void => asked.answer(Opcode.AUTH_SUCCESS, (writer) => writeAuthSuccess(writer, Buffer.from('welcome')))
const challenge = (asked: Asked, text: string): void =>
  asked.answer(Opcode.AUTH_CHALLENGE, (writer) => writeAuthChallenge(writer, Buffer.from(text)))
const tokens = (node: ByteNode): string[] =>
  node.log
    .filter(({ opcode, connection }) => opcode === 'AUTH_RESPONSE' && connection === 1)
    .map(({ token }) => token?.toString('latin1') ?? '')

async function asks(name: string, auth: (asked: Asked) => void = success): Promise<ByteNode> {
  const node = await ByteNode.start()
  node.startup = wants(name)
  node.auth = auth
  return node
}

const refused = (node: ByteNode, options: Partial<ClusterOptions>): Promise<AuthenticationError> =>
  failure(node.cluster(4, options).connect(), AuthenticationError)

describe('a password is given to servers that are known to take one', () => {
  for (const name of PLAIN_AUTHENTICATORS.filter((each) => each !== DSE)) {
    test(name, async () => {
      await using node = await asks(name)
      await within(node.session(4, { auth: CREDENTIALS }))
      assert.deepEqual(tokens(node), ['\0ada\0sw0rdfish'])
    })
  }

  for (const name of ['org.example.PhishingAuthenticator', 'PasswordAuthenticator', `${PASSWORD}2`, '']) {
    test(`and to no other: ${JSON.stringify(name)}`, async () => {
      await using node = await asks(name)
      const error = await refused(node, { auth: CREDENTIALS })
      assert.match(error.message, /nothing was sent.*allowedAuthenticators/s)
      assert.deepEqual(tokens(node), [])
    })
  }

  test('unless the application allows it, by the option or by the provider', async () => {
    const allowed = { allowedAuthenticators: ['org.example.House'] }
    for (const auth of [{ ...CREDENTIALS, ...allowed }, new PlainTextAuthProvider('ada', 'sw0rdfish', allowed)]) {
      await using node = await asks('org.example.House')
      await within(node.session(4, { auth }))
      assert.deepEqual(tokens(node), ['\0ada\0sw0rdfish'])
    }
  })

  test('DSE is told the mechanism first', async () => {
    await using node = await asks(DSE, (asked) =>
      asked.request.token!.includes('PLAIN') ? challenge(asked, 'PLAIN-START') : success(asked),
    )
    await within(node.session(4, { auth: CREDENTIALS }))
    assert.deepEqual(tokens(node), ['PLAIN', '\0ada\0sw0rdfish'])
  })

  test('a role to act as goes along with it', async () => {
    await using node = await asks(PASSWORD)
    await within(node.session(4, { auth: { ...CREDENTIALS, authorizationId: 'grace' } }))
    assert.deepEqual(tokens(node), ['grace\0ada\0sw0rdfish'])
  })

  test('names and passwords with a zero in them are refused, without being shown', () => {
    const options = { contactPoints: ['127.0.0.1'], auth: { username: 'ada', password: 'sw0rd\0fish' } }
    assert.throws(
      () => new Cluster(options),
      (error: Error) => {
        assert.ok(error instanceof InvalidOptionError && error.path === 'auth')
        assert.match(error.message, /The password has a zero character in it/)
        assert.doesNotMatch(error.message, /sw0rd|fish/)
        return true
      },
    )
    assert.throws(() => new PlainMechanism({ username: 5 as never, password: '' }), InvalidArgumentError)
    assert.throws(() => new SaslAuthProvider({} as never), /takes a mechanism/)
  })
})

describe('SASL', () => {
  test('EXTERNAL sends who to act as, or nothing', async () => {
    for (const [options, expected] of [
      [{}, ''],
      [{ authorizationId: 'grace' }, 'grace'],
    ] as const) {
      await using node = await asks('org.example.Certificates')
      await within(node.session(4, { auth: new SaslAuthProvider(new ExternalMechanism(options)) }))
      assert.deepEqual(tokens(node), [expected])
    }
  })

  test('a mechanism of the application answers challenges, hears of its success, and is used where it says', async () => {
    let heard = ''
    const mechanism = {
      name: 'X-RIDDLE',
      authenticators: ['org.example.Sphinx'],
      start: (host: string): Authenticator => ({
        initialResponse: () => Promise.resolve(null),
        evaluateChallenge: (bytes) => Buffer.from(`${Buffer.from(bytes!).toString()}!`),
        onSuccess: (token) => void (heard = `${host} ${Buffer.from(token!).toString()}`),
      }),
    }
    const riddles = (asked: Asked): void => (asked.request.token?.toString() === 'man!' ? success(asked) : challenge(asked, 'man'))
    await using node = await asks('org.example.Sphinx', riddles)
    await within(node.session(4, { auth: new SaslAuthProvider(mechanism) }))
    assert.deepEqual(tokens(node), ['', 'man!'])
    assert.equal(heard, `${node.name} welcome`)
    await using other = await asks(PASSWORD)
    assert.match((await refused(other, { auth: new SaslAuthProvider(mechanism) })).message, /not known to take the SASL mechanism X-RIDDLE/)
  })

  test('16 challenges are answered, and no more', async () => {
    const patient: Authenticator = { initialResponse: () => Buffer.from('0'), evaluateChallenge: () => Buffer.from('n') }
    const auth = { newAuthenticator: () => patient }
    let count = 0
    await using fair = await asks('org.example.Riddles', (asked) => (count++ < 16 ? challenge(asked, '?') : (success(asked), (count = 0))))
    await within(fair.session(4, { auth }))
    assert.equal(tokens(fair).length, 17)
    await using endless = await asks('org.example.Riddles', (asked) => challenge(asked, '?'))
    assert.match((await refused(endless, { auth })).message, /org\.example\.Riddles\) sent more than 16 challenges; given up/)
    assert.equal(tokens(endless).length, 17)
  })

  const failing: readonly (readonly [string, Partial<Authenticator>, RegExp])[] = [
    [
      'never answers',
      { initialResponse: () => new Promise<never>(() => {}) },
      /initialResponse of the authenticator .* gave nothing within 400 ms/,
    ],
    [
      'never answers a challenge',
      { evaluateChallenge: () => new Promise<never>(() => {}) },
      /evaluateChallenge .* gave nothing within 400 ms/,
    ],
    ['throws', { initialResponse: () => Promise.reject(new RangeError('no ticket')) }, /initialResponse .* failed: no ticket/],
    ['throws at once', { evaluateChallenge: () => { throw new RangeError('no ticket') } }, /evaluateChallenge .* failed: no ticket/], // prettier-ignore
    ['gives no bytes', { initialResponse: () => 'secret' as never }, /gave a value of type string: it gives bytes/],
  ]
  for (const [what, methods, message] of failing) {
    test(`an authenticator that ${what} fails the connection, and leaves nothing open`, async () => {
      await using node = await asks(PASSWORD, (asked) => challenge(asked, 'and?'))
      const authenticator: Authenticator = { initialResponse: () => null, evaluateChallenge: () => null, ...methods }
      const error = await refused(node, { auth: { newAuthenticator: () => authenticator }, connectTimeoutMs: 400 })
      assert.match(error.message, message)
      assert.equal(error.host, node.name)
      assert.doesNotMatch(error.message, /secret/)
      await eventually('the connection is closed', () => node.sockets.size === 0)
    })
  }
})

describe('transitional mode', () => {
  for (const name of ['com.scylladb.auth.TransitionalAuthenticator', 'org.example.TransitionalModeAuthenticator']) {
    test(`of ${name}: without credentials, empty ones are sent`, async () => {
      await using node = await asks(name)
      await within(node.session(4))
      assert.deepEqual(tokens(node), ['\0\0'])
    })
  }

  test('of DSE, which is told the mechanism first', async () => {
    await using node = await asks(DSE, (asked) =>
      asked.request.token!.includes('PLAIN') ? challenge(asked, 'PLAIN-START') : success(asked),
    )
    await within(node.session(4))
    assert.deepEqual(tokens(node), ['PLAIN', '\0\0'])
  })

  test('can be asked for with any server; one that is not in it says so', async () => {
    await using node = await asks(PASSWORD)
    await within(node.session(4, { auth: new TransitionalAuthProvider() }))
    assert.deepEqual(tokens(node), ['\0\0'])
    const no = (asked: Asked): void =>
      asked.answer(Opcode.ERROR, (writer) => writeError(writer, 4, new BadCredentialsError('no anonymous users')))
    await using strict = await asks('com.scylladb.auth.TransitionalAuthenticator', no)
    const error = await refused(strict, {})
    assert.match(error.message, /no credentials were given: set auth: \{ username, password \}/)
    assert.ok(error.cause instanceof BadCredentialsError)
  })

  test('is not assumed of others', async () => {
    await using node = await asks(PASSWORD)
    assert.match((await refused(node, {})).message, /no credentials were given: set auth/)
    assert.deepEqual(tokens(node), [])
  })
})

describe('acting as another role', () => {
  const payloads = (lab: Lab): (string | undefined)[] =>
    lab.asked.filter(({ opcode }) => opcode !== 'PREPARE').map(({ customPayload }) => customPayload?.get('ProxyExecute')?.toString('utf8'))

  test('by an option of the request, of the session, or of neither', async () => {
    await using lab = await Lab.open()
    await lab.session.execute(BY_ID, [1])
    await lab.session.execute(BY_ID, [1], { executeAs: 'grâce' })
    const session = await lab.cluster.connect(undefined, { executeAs: 'ada' })
    const prepared = await session.prepare(BY_ID)
    await session.execute(prepared, [1])
    await session.execute(prepared, [1], { executeAs: 'grâce' })
    await session.execute(prepared, [1], { executeAs: null })
    await session.execute(prepared, [1], { executionProfile: lab.cluster.profile().with({ pageSize: 7 }) })
    await session.batch([{ query: prepared, params: [1] }])
    assert.deepEqual(payloads(lab), [undefined, 'grâce', 'ada', 'grâce', undefined, 'ada', 'ada'])
  })

  test('whatever else is in the payload, and in whichever order the options stand', async () => {
    await using lab = await Lab.open()
    const session = await lab.cluster.connect(undefined, { executeAs: 'ada' })
    const customPayload = { key: Buffer.from('value') }
    await session.execute(BY_ID, [1], { customPayload })
    await session.execute(BY_ID, [1], { customPayload: null })
    await session.execute(BY_ID, [1], { customPayload, executeAs: 'grace' })
    await session.execute(BY_ID, [1], { executeAs: 'grace', customPayload })
    assert.deepEqual(payloads(lab), ['ada', 'ada', 'grace', 'grace'])
    const first = lab.asked[0]!.customPayload!
    assert.deepEqual([...first.keys()], ['key', 'ProxyExecute'])
  })

  test('takes a name, and protocol 4', async () => {
    await using lab = await Lab.open({ protocolVersion: 3 })
    await assert.rejects(lab.session.execute(BY_ID, [1], { executeAs: '' }), InvalidOptionError)
    await assert.rejects(lab.cluster.connect(undefined, { executeAs: '' }), InvalidOptionError)
    await assert.rejects(lab.cluster.connect(undefined, { executAs: 'ada' } as never), /did you mean executeAs/)
    await assert.rejects(lab.session.execute(BY_ID, [1], { executeAs: 'ada' }), /executeAs.*protocol v4/)
  })
})
