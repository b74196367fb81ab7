import assert from 'node:assert/strict'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import {
  AuthenticationError,
  ConnectionError,
  CqlwireError,
  MalformedFrameError,
  NoHostAvailableError,
  OperationTimedOutError,
} from '../../src/base/errors.js'
import { OverloadedError, ProtocolError, ServerError } from '../../src/base/server-errors.js'
import { type Authenticator, PlainTextAuthProvider } from '../../src/connection/auth.js'
import { writeAuthChallenge, writeAuthenticate, writeAuthSuccess } from '../../src/protocol/auth.js'
import { Opcode } from '../../src/protocol/constants.js'
import { writeError } from '../../src/protocol/write-error.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { reply } from '../../src/testing/reply.js'
import { type Asked, ByteNode, QUERY } from './byte-node.js'
import { BOTH, eventually, failure, Lab, quick, within } from './support.js'

const CREDENTIALS = { username: 'cassandra', password: 'sw0rdfish' }
const PASSWORD_AUTHENTICATOR = 'org.apache.cassandra.auth.PasswordAuthenticator'

/** The one error that a cluster with one contact point failed with. */
async function causeOf(cluster: Cluster): Promise<Error> {
  const error = await failure(cluster.connect(), NoHostAvailableError)
  assert.equal(error.errors.size, 1)
  const [cause] = error.errors.values()
  assert.ok(error.message.includes(cause!.message), 'the message shows the cause')
  return cause!
}

function authenticateWith(name: string): (asked: Asked) => void {
  return (asked) => asked.answer(Opcode.AUTHENTICATE, (writer) => writeAuthenticate(writer, name))
}

for (const version of BOTH) {
  describe(`connecting on protocol v${version}`, () => {
    test('to a node that closes the connection during the handshake fails with what happened', async () => {
      await using node = await ByteNode.start()
      node.startup = (asked) => asked.socket.destroy()
      const cause = await causeOf(node.cluster(version))
      assert.ok(cause instanceof ConnectionError)
      assert.match(cause.message, /takes connections, and closes them when it is spoken to in plain text: does it want TLS/)
      assert.match((cause.cause as Error).message, /closed the connection|ECONNRESET/)
    })

    test('to a node that never answers STARTUP fails after connectTimeoutMs', async () => {
      await using node = await ByteNode.start()
      node.startup = () => {}
      const cause = await causeOf(node.cluster(version, { connectTimeoutMs: 40 }))
      assert.ok(cause instanceof OperationTimedOutError)
      assert.match(cause.message, /did not answer STARTUP within 40 ms/)
      await eventually('the half-made connection is closed', () => node.sockets.size === 0)
    })

    test('to a node that answers STARTUP with an error fails with that error', async () => {
      await using node = await ByteNode.start()
      node.startup = (asked) =>
        asked.answer(Opcode.ERROR, (writer) => writeError(writer, version, new OverloadedError('too many clients already')))
      const cause = await causeOf(node.cluster(version))
      assert.ok(cause instanceof OverloadedError)
      assert.match(cause.message, /too many clients already/)
      assert.equal(cause.host, node.name)
      await eventually('the connection is closed', () => node.sockets.size === 0)
    })

    test('to a node that answers STARTUP with rows fails and says so', async () => {
      await using node = await ByteNode.start()
      node.startup = (asked) => asked.answer(Opcode.RESULT, (writer) => writer.putInt32(1))
      assert.match((await causeOf(node.cluster(version))).message, /answered STARTUP with opcode 8, which the protocol does not have there/)
    })

    test('to a node that speaks HTTP fails with the first bytes as the cause', async () => {
      await using node = await ByteNode.start()
      node.startup = (asked) => asked.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      const cause = await causeOf(node.cluster(version))
      assert.ok(cause instanceof ConnectionError)
      assert.match(cause.message, /bytes that are not CQL/)
      assert.ok(cause.cause instanceof MalformedFrameError)
    })

    test('works again by another call once the node is well', async () => {
      await using node = await ByteNode.start()
      node.startup = (asked) => asked.socket.destroy()
      const cluster = node.cluster(version)
      await failure(cluster.connect(), NoHostAvailableError)
      node.startup = null
      const session = await within(cluster.connect())
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    })

    test('without credentials to a node that asks for them says what to set', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith(PASSWORD_AUTHENTICATOR)
      const error = await failure(node.cluster(version).connect(), AuthenticationError)
      assert.match(error.message, /asks for authentication \(org\.apache.*PasswordAuthenticator\).*set auth: \{ username, password \}/)
      assert.equal(error.host, node.name)
    })

    test('with a wrong password fails with an AuthenticationError, which does not show it', async () => {
      await using fake = await FakeCluster.start({ credentials: CREDENTIALS })
      const wrong = { username: 'cassandra', password: 'tr1dent' }
      const cluster = new Cluster(quick({ contactPoints: fake.contactPoints, protocolVersion: version, auth: wrong }))
      const error = await failure(cluster.connect(), AuthenticationError)
      assert.match(error.message, /does not take the credentials: .*username and\/or password are incorrect/)
      assert.ok(!error.message.includes('tr1dent') && !String(error.stack).includes('tr1dent'))
      await cluster.shutdown()
      await eventually('no socket is left', () => fake.nodes[0]!.connections === 0)
    })

    test('with the right password works', async () => {
      await using lab = await Lab.open({ fake: { credentials: CREDENTIALS }, auth: CREDENTIALS, protocolVersion: version })
      await lab.works()
    })

    test('to an authenticator that is not known sends no credentials', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith('org.example.PhishingAuthenticator')
      const error = await failure(node.cluster(version, { auth: CREDENTIALS }).connect(), AuthenticationError)
      assert.match(error.message, /PhishingAuthenticator.*nothing was sent.*allowedAuthenticators/)
      assert.ok(node.log.length > 0 && node.log.every(({ opcode }) => opcode === 'STARTUP'))
    })

    test('to an authenticator that the user allows sends them', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith('org.example.HouseAuthenticator')
      node.auth = (asked) => asked.answer(Opcode.AUTH_SUCCESS, (writer) => writeAuthSuccess(writer, null))
      const auth = new PlainTextAuthProvider('cassandra', 'sw0rdfish', { allowedAuthenticators: ['org.example.HouseAuthenticator'] })
      await node.session(version, { auth })
      const token = node.log.find(({ opcode }) => opcode === 'AUTH_RESPONSE')?.token
      assert.equal(token?.toString(), '\0cassandra\0sw0rdfish')
    })

    test('to a node that answers the password with a challenge fails', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith(PASSWORD_AUTHENTICATOR)
      node.auth = (asked) => asked.answer(Opcode.AUTH_CHALLENGE, (writer) => writeAuthChallenge(writer, Buffer.from('more')))
      const error = await failure(node.cluster(version, { auth: CREDENTIALS }).connect(), AuthenticationError)
      assert.match(error.message, /answered the password with a challenge/)
    })

    test('to a node whose challenges never end gives up', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith('org.example.Riddles')
      node.auth = (asked) => asked.answer(Opcode.AUTH_CHALLENGE, (writer) => writeAuthChallenge(writer, Buffer.from('and then?')))
      const patient: Authenticator = { initialResponse: () => Buffer.from('hm'), evaluateChallenge: () => Buffer.from('hm') }
      const error = await failure(node.cluster(version, { auth: { newAuthenticator: () => patient } }).connect(), AuthenticationError)
      assert.match(error.message, /sent more than \d+ challenges; given up/)
      const perConnection = node.log.filter(({ opcode, connection }) => opcode === 'AUTH_RESPONSE' && connection === 1).length
      assert.ok(perConnection > 1 && perConnection < 50, `${perConnection} answers`)
    })

    test('with an authenticator that throws fails with what it threw', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith(PASSWORD_AUTHENTICATOR)
      const broken: Authenticator = {
        initialResponse: () => Promise.reject(new RangeError('no ticket')),
        evaluateChallenge: () => null,
      }
      const error = await failure(node.cluster(version, { auth: { newAuthenticator: () => broken } }).connect(), Error)
      assert.match(error.message, /no ticket/)
      await eventually('the connection is closed', () => node.sockets.size === 0)
    })

    test('to a node that does not answer the credentials fails after connectTimeoutMs', async () => {
      await using node = await ByteNode.start()
      node.startup = authenticateWith(PASSWORD_AUTHENTICATOR)
      const error = await failure(node.cluster(version, { auth: CREDENTIALS, connectTimeoutMs: 40 }).connect(), CqlwireError)
      assert.match(error.message, /did not answer AUTH_RESPONSE within 40 ms/)
    })
  })
}

describe('the protocol version', () => {
  for (const versions of [[3], [3, 4], [3, 4, 5]] as const) {
    const highest = versions.at(-1)!
    test(`is v${highest} with nodes that speak up to v${highest}`, async () => {
      await using lab = await Lab.open({ fake: { protocolVersions: versions } })
      assert.equal(lab.cluster.protocolVersion, highest)
      await lab.works()
    })
  }

  test('is negotiated downward with a node that closes the connection on versions it does not know', async () => {
    await using node = await ByteNode.start()
    node.startup = (asked) => (asked.request.protocolVersion > 3 ? void asked.socket.end() : asked.answer(Opcode.READY))
    const cluster = new Cluster(quick({ contactPoints: [node.name] }))
    const session = await within(cluster.connect())
    assert.equal(cluster.protocolVersion, 3)
    assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    await cluster.shutdown()
  })

  test('that was asked for is not negotiated: the error names the option', async () => {
    await using fake = await FakeCluster.start({ protocolVersions: [3, 4] })
    await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints, protocolVersion: 5 }))
    const cause = await causeOf(cluster)
    assert.equal((cause as CqlwireError).code, 'ERR_PROTOCOL_VERSION')
    assert.match(cause.message, /does not speak protocol v5 \(option protocolVersion\)/)
  })

  test('has none in common with a node of the future', async () => {
    await using node = await ByteNode.start()
    node.startup = (asked) =>
      asked.answer(Opcode.ERROR, (writer) => writeError(writer, 5, new ProtocolError('only v9 is spoken here')), { versionByte: 0x80 | 9 })
    await using cluster = new Cluster(quick({ contactPoints: [node.name] }))
    assert.match((await causeOf(cluster)).message, /only v9 is spoken here|protocol version/)
  })
})

describe('a contact point', () => {
  test('where nothing listens is refused, and the error says what to look at', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const name = `127.0.0.1:${(server.address() as AddressInfo).port}`
    await new Promise((resolve) => server.close(resolve))
    await using cluster = new Cluster(quick({ contactPoints: [name] }))
    const cause = await causeOf(cluster)
    assert.ok(cause instanceof ConnectionError)
    assert.equal(cause.sent, false)
    assert.equal(cause.host, name)
    assert.match(cause.message, /connection refused; nothing listens there/)
  })

  test('that fails is passed over for the next one', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    await fake.nodes[0]!.stop()
    await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints }))
    await within(cluster.connect())
    assert.deepEqual([...cluster.hosts.keys()].sort(), fake.contactPoints)
  })

  test('after another, each with its own reason, where all fail', async () => {
    await using fake = await FakeCluster.start({ nodes: 3 })
    await fake.nodes[0]!.stop()
    fake.when({ opcode: 'STARTUP', node: fake.nodes[1]!.name }, reply.close())
    fake.when({ opcode: 'STARTUP', node: fake.nodes[2]!.name }, reply.error(new ServerError(0, 'out of order')))
    await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints }))
    const error = await failure(cluster.connect(), NoHostAvailableError)
    assert.deepEqual([...error.errors.keys()].sort(), fake.contactPoints)
    assert.match(error.errors.get(fake.contactPoints[0]!)!.message, /refused/)
    assert.match(error.errors.get(fake.contactPoints[1]!)!.message, /takes connections, and closes them/)
    assert.match(error.errors.get(fake.contactPoints[2]!)!.message, /out of order/)
    for (const name of fake.contactPoints) assert.ok(error.message.includes(name))
  })
})

describe('a silent connection', () => {
  for (const version of BOTH) {
    test(`on v${version} that does not answer a heartbeat is closed, its requests fail, and another is opened`, async () => {
      await using node = await ByteNode.start()
      // The first connection of the session falls silent; the control connection and later ones live on.
      node.script = (asked) => {
        if (asked.request.connection === 2) return
        if (asked.request.opcode === 'OPTIONS') return asked.answer(Opcode.SUPPORTED, (writer) => writer.putUint16(0))
        asked.answerRow()
      }
      const session = await node.session(version, { pool: { heartbeatIntervalMs: 15, heartbeatTimeoutMs: 15 } })
      const error = await failure(session.execute(QUERY), ConnectionError)
      assert.match(error.message, /is silent: no answer to a heartbeat in 15 ms \(pool\.heartbeatTimeoutMs\)/)
      assert.equal(error.sent, true)
      await eventually('a new connection', () => session.metrics.connections.get(node.name) === 1)
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    })
  }

  test('is kept while other answers come, though the heartbeat is not answered', async () => {
    await using node = await ByteNode.start()
    let heartbeats = 0
    node.script = (asked) => {
      if (asked.request.opcode !== 'OPTIONS') return asked.answerRow()
      if (asked.request.connection !== 2) return asked.answer(Opcode.SUPPORTED, (writer) => writer.putUint16(0))
      heartbeats++
    }
    const session = await node.session(5, { pool: { heartbeatIntervalMs: 10, heartbeatTimeoutMs: 35 } })
    await eventually('a heartbeat is out', () => heartbeats === 1)
    await within(session.execute(QUERY))
    // Its time passes, over several intervals: what was heard meanwhile must not be forgotten.
    await new Promise((resolve) => setTimeout(resolve, 45))
    assert.equal(node.accepted, 2)
  })

  test('that is full is asked all the same', async () => {
    await using node = await ByteNode.start()
    const held: Asked[] = []
    let heartbeats = 0
    node.script = (asked) => {
      if (asked.request.opcode !== 'OPTIONS') return void held.push(asked)
      heartbeats++
      asked.answer(Opcode.SUPPORTED, (writer) => writer.putUint16(0))
    }
    const session = await node.session(4, { pool: { maxRequestsPerConnection: 1, heartbeatIntervalMs: 10, heartbeatTimeoutMs: 500 } })
    const slow = session.execute(QUERY)
    await eventually('two heartbeats of both connections', () => heartbeats >= 4)
    held[0]!.answerRow()
    assert.equal((await within(slow)).one()?.['name'], 'Ada')
    assert.equal(node.accepted, 2)
  })
})
