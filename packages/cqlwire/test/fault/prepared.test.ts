import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AbortError, ConnectionError, CqlwireError, InvalidArgumentError, NoHostAvailableError } from '../../src/base/errors.js'
import { CqlSyntaxError, InvalidRequestError, OverloadedError, ServerError, UnpreparedError } from '../../src/base/server-errors.js'
import { Opcode, ResultKind } from '../../src/protocol/constants.js'
import { writePrepared } from '../../src/protocol/prepare.js'
import { BatchStatement } from '../../src/session/statements.js'
import { reply } from '../../src/testing/reply.js'
import { type Asked, ByteNode, nameIsAda } from './byte-node.js'
import { BOTH, BY_ID, eventually, failure, Gate, Lab, within } from './support.js'

const INSERT = 'INSERT INTO users (id, name) VALUES (?, ?)'
const PARAMETERS = { parameters: { id: 'int', name: 'text' } }

for (const version of BOTH) {
  describe(`a node on protocol v${version} that has forgotten a statement`, () => {
    test('is told again, and the request is answered', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const prepared = await lab.session.prepare(BY_ID)
      lab.fake.nodes[0]!.forgetPrepared()
      const result = await within(lab.session.execute(prepared, [1]))
      assert.equal(result.one()?.['name'], 'Ada')
      assert.equal(result.info.attempts, 2)
      assert.deepEqual(
        lab.asked.map(({ opcode }) => opcode),
        ['PREPARE', 'EXECUTE', 'PREPARE', 'EXECUTE'],
      )
      await lab.works()
    })

    test('is told every statement of a batch at once, however many', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const texts = Array.from({ length: 25 }, (_, i) => `INSERT INTO t${i} (id, name) VALUES (?, ?)`)
      lab.fake.when(/^INSERT INTO t\d+/, reply.void(), PARAMETERS)
      const batch = new BatchStatement()
      for (const text of texts) batch.add(await lab.session.prepare(text), [1, 'x'])
      lab.fake.nodes[0]!.forgetPrepared()
      lab.fake.clearRequests()
      await within(lab.session.execute(batch))
      assert.equal(lab.countOf('PREPARE'), 25)
      assert.equal(lab.countOf('BATCH'), 2)
      await lab.works()
    })

    test('and forgets it again each time ends with an error that says so', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const prepared = await lab.session.prepare(BY_ID)
      lab.fake.when({ opcode: 'EXECUTE' }, ({ preparedId }) => reply.error(new UnpreparedError('never heard of it', { id: preparedId! })))
      const error = await failure(lab.session.execute(prepared, [1]), CqlwireError)
      assert.equal(error.code, 'ERR_UNPREPARED')
      assert.match(error.message, /forgot a statement 10 times in a row right after it was prepared: "SELECT name FROM users/)
      assert.ok(error.cause instanceof UnpreparedError)
      await lab.idle()
    })

    test('of which the session knows nothing either: the error is the answer', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const prepared = await lab.session.prepare(BY_ID)
      lab.fake.when({ opcode: 'EXECUTE' }, reply.error(new UnpreparedError('another one', { id: Buffer.from('unknown') })), { times: 1 })
      await failure(lab.session.execute(prepared, [1]), UnpreparedError)
      await lab.works()
    })

    test('and will not have it again: its error is the answer', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const prepared = await lab.session.prepare(BY_ID)
      lab.fake.nodes[0]!.forgetPrepared()
      lab.fake.when({ opcode: 'PREPARE' }, reply.error(new InvalidRequestError('table users does not exist')), { times: 1 })
      const error = await failure(lab.session.execute(prepared, [1]), InvalidRequestError)
      assert.match(error.message, /table users does not exist/)
      await lab.works()
    })

    test('and is too busy to hear it: the request goes to another node', async () => {
      await using lab = await Lab.open({ nodes: 2, protocolVersion: version })
      const prepared = await lab.session.prepare(BY_ID)
      lab.fake.nodes[0]!.forgetPrepared()
      lab.fake.when({ opcode: 'PREPARE', node: lab.node(0) }, reply.error(new OverloadedError('not now')))
      const result = await within(lab.session.execute(prepared, [1]))
      assert.equal(result.info.coordinator?.endpoint, lab.node(1))
      await lab.idle()
    })

    test('and is lost while it is told: the request, which it had refused, goes to another node', async () => {
      await using lab = await Lab.open({ nodes: 2, protocolVersion: version })
      const prepared = await lab.session.prepare(BY_ID)
      lab.fake.nodes[0]!.forgetPrepared()
      lab.fake.when({ opcode: 'PREPARE', node: lab.node(0) }, reply.close())
      const result = await within(lab.session.execute(prepared, [1]))
      assert.equal(result.info.coordinator?.endpoint, lab.node(1))
      assert.ok(result.info.triedHosts.get(lab.node(0)) instanceof ConnectionError)
      await lab.idle()
    })
  })
}

describe('preparing', () => {
  test('is done once for all who execute a new text at once', async () => {
    await using lab = await Lab.open()
    const all = Array.from({ length: 50 }, (_, i) => lab.session.execute(BY_ID, [i]))
    for (const result of await within(Promise.all(all))) assert.equal(result.one()?.['name'], 'Ada')
    assert.equal(lab.countOf('PREPARE'), 1)
    assert.equal(lab.countOf('EXECUTE'), 50)
    await lab.idle()
  })

  test('that fails fails for all of them, and is tried anew by the next', async () => {
    await using lab = await Lab.open()
    lab.fake.when({ opcode: 'PREPARE' }, reply.error(new CqlSyntaxError('line 1: what?')), { times: 1 })
    const all = Array.from({ length: 5 }, (_, i) => failure(lab.session.execute(BY_ID, [i]), CqlSyntaxError))
    await within(Promise.all(all))
    assert.equal(lab.countOf('PREPARE'), 1)
    await lab.works()
  })

  test('goes on to the next node where one closes the connection, is overloaded, or fails', async () => {
    for (const bad of [reply.close(), reply.error(new OverloadedError('busy')), reply.error(new ServerError(0, 'a bug'))]) {
      await using lab = await Lab.open({ nodes: 2 })
      lab.fake.when({ opcode: 'PREPARE', node: lab.node(0) }, bad)
      const prepared = await within(lab.session.prepare(BY_ID))
      assert.equal(prepared.parameters[0]?.name, 'id')
    }
  })

  test('on the other nodes may fail: they are told when they ask', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when({ opcode: 'PREPARE', node: lab.node(1) }, reply.error(new OverloadedError('busy')), { times: 1 })
    const prepared = await within(lab.session.prepare(BY_ID))
    const result = await within(lab.session.execute(prepared, [1], { host: lab.node(1) }))
    assert.equal(result.one()?.['name'], 'Ada')
    assert.equal(lab.countOf('PREPARE', lab.node(1)), 2)
    await lab.idle()
  })

  test('that fails on every node says why, node by node', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when({ opcode: 'PREPARE', node: lab.node(0) }, reply.error(new OverloadedError('busy')))
    lab.fake.when({ opcode: 'PREPARE', node: lab.node(1) }, reply.error(new ServerError(0, 'a bug')))
    const error = await failure(lab.session.execute(BY_ID, [1]), NoHostAvailableError)
    assert.ok(error.errors.get(lab.node(0)) instanceof OverloadedError)
    assert.match(error.message, /No host could prepare "SELECT name .*busy.*a bug/)
    await lab.idle()
  })

  test('is not kept waiting by connections without room', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1 } })
    const gate = new Gate<ReturnType<typeof reply.void>>()
    lab.fake.when('SELECT slow FROM t', () => gate.promise)
    const slow = lab.session.execute('SELECT slow FROM t')
    const waiting = lab.session.execute(BY_ID, [1])
    await eventually('it is prepared, and the request queued', () => lab.session.metrics.prepared === 1 && lab.session.metrics.queued === 1)
    gate.open(reply.void())
    await within(slow)
    assert.equal((await within(waiting)).one()?.['name'], 'Ada')
    await lab.idle()
  })

  test('answered with something else is an error that says so', async () => {
    await using lab = await Lab.open()
    lab.fake.when({ opcode: 'PREPARE' }, reply.void(), { times: 1 })
    const error = await failure(lab.session.prepare(BY_ID), CqlwireError)
    assert.match(error.message, /answered PREPARE of "SELECT name .*something else/)
    await lab.works()
  })

  test('again under another id is an error that names both keyspaces', async () => {
    await using lab = await Lab.open({ keyspace: 'one', protocolVersion: 4 })
    const prepared = await lab.session.prepare(BY_ID)
    await within(lab.session.setKeyspace('two'))
    lab.fake.nodes[0]!.forgetPrepared()
    const error = await failure(lab.session.execute(prepared, [1]), CqlwireError)
    assert.match(error.message, /another id than before: it was prepared in the keyspace "one", and the session is in "two" now/)
    await lab.idle()
  })

  test('of too many texts forgets the oldest, which is prepared again when it is used', async () => {
    await using lab = await Lab.open({ prepared: { cacheSize: 2 } })
    lab.fake.when(/^INSERT INTO t\d/, reply.void(), PARAMETERS)
    for (const i of [1, 2, 3, 1]) await within(lab.session.execute(`INSERT INTO t${i} (id, name) VALUES (?, ?)`, [1, 'x']))
    assert.equal(lab.countOf('PREPARE'), 4)
    assert.equal(lab.session.metrics.prepared, 2)
    await lab.works()
  })

  test('with wrong parameters fails before anything is executed, and the session goes on', async () => {
    await using lab = await Lab.open()
    lab.fake.when(INSERT, reply.void(), PARAMETERS)
    for (const params of [['not a number', 'x'], [1], [1, 'x', 2], { id: 1 }, { id: 1, nmae: 'x' }])
      await failure(lab.session.execute(INSERT, params), InvalidArgumentError)
    assert.equal(lab.countOf('EXECUTE'), 0)
    await lab.works()
  })
})

describe('a slow PREPARE', () => {
  /** A node that holds back its answers to PREPARE. */
  async function holding(): Promise<{ node: ByteNode; held: Asked[]; answerPrepare: () => void }> {
    const node = await ByteNode.start()
    const held: Asked[] = []
    node.script = (asked) => (asked.request.opcode === 'PREPARE' ? void held.push(asked) : asked.answerRow())
    const answerPrepare = (): void =>
      held[0]!.answer(Opcode.RESULT, (writer) =>
        writePrepared(writer, held[0]!.request.protocolVersion, {
          id: Buffer.from('an id'),
          resultMetadataId: Buffer.from('columns'),
          partitionKeyIndexes: [0],
          parameters: [{ keyspace: 'ks', table: 'users', name: 'id', type: { kind: 'int' } }],
          resultColumns: [{ keyspace: 'ks', table: 'users', name: 'name', type: { kind: 'text' } }],
        }),
      )
    return { node, held, answerPrepare }
  }

  test('is given up by those whose signal aborts, and goes on for the others', async () => {
    const { node, held, answerPrepare } = await holding()
    await using _ = node
    const session = await node.session(5)
    const controller = new AbortController()
    // The first one started the PREPARE; its end must not be the others'.
    const first = failure(session.execute(BY_ID, [1], { signal: controller.signal }), AbortError)
    const second = session.execute(BY_ID, [2])
    const third = failure(session.prepare(BY_ID, { signal: controller.signal }), AbortError)
    const future = session.executeAsync(BY_ID, [3])
    await eventually('the PREPARE is in flight', () => held.length === 1)
    controller.abort()
    future.cancel()
    await within(Promise.all([first, third, failure(future.result(), AbortError)]))
    answerPrepare()
    assert.equal((await within(second)).one()?.['name'], 'Ada')
    assert.equal(held.length, 1)
    assert.equal(node.log.filter(({ opcode }) => opcode === 'EXECUTE').length, 1)
    assert.equal(session.metrics.inFlight, 0)
  })

  test('keeps nobody past their own deadline', async () => {
    const { node, held, answerPrepare } = await holding()
    await using _ = node
    const session = await node.session(4)
    const patient = session.execute(BY_ID, [1])
    const hasty = session.execute(BY_ID, [1], { timeoutMs: 30 })
    await failure(hasty, CqlwireError)
    assert.equal(held.length, 1)
    answerPrepare()
    assert.equal((await within(patient)).one()?.['name'], 'Ada')
  })

  test('has parameters sent as they were when they were given', async () => {
    const { node, held, answerPrepare } = await holding()
    await using _ = node
    const session = await node.session(4)
    const list = [1]
    const object = { id: 1 }
    const both = Promise.all([session.execute(BY_ID, list), session.execute(BY_ID, object)])
    list[0] = object.id = 2
    await eventually('the PREPARE is in flight', () => held.length === 1)
    answerPrepare()
    await within(both)
    const values = node.log.filter(({ opcode }) => opcode === 'EXECUTE').map(({ parameters }) => parameters!.values[0])
    assert.deepEqual(values, [Buffer.from([0, 0, 0, 1]), Buffer.from([0, 0, 0, 1])])
  })

  test('that is answered with half a message fails its callers, and the next one works', async () => {
    const node = await ByteNode.start()
    await using _ = node
    let count = 0
    node.script = (asked) => {
      if (++count > 1) return asked.answer(Opcode.RESULT, nameIsAda)
      asked.answer(Opcode.RESULT, (writer) => writer.putInt32(ResultKind.PREPARED))
    }
    const session = await node.session(4)
    const error = await failure(session.execute(BY_ID, [1]), CqlwireError)
    assert.match(error.message, /The message ends within its/)
    // What came by that connection is not trusted any more.
    await eventually('a new connection', () => node.accepted > 2 && session.metrics.connections.get(node.name) === 1)
    assert.equal((await within(session.execute('SELECT name FROM users'))).one()?.['name'], 'Ada')
  })
})

describe('a node that comes up', () => {
  const restart = async (lab: Lab): Promise<void> => {
    const node = lab.fake.nodes[1]!
    await node.stop()
    await eventually('the node is lost', () => lab.session.metrics.connections.get(node.name) === 0)
    node.forgetPrepared()
    lab.fake.clearRequests()
    await node.start()
    await eventually('the node is back', () => lab.session.metrics.connections.get(node.name) === 1)
  }

  test('is told every statement before it is asked for one', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when(INSERT, reply.void(), PARAMETERS)
    await lab.session.prepare(BY_ID)
    await lab.session.prepare(INSERT)
    await restart(lab)
    await eventually('it knows both', () => lab.countOf('PREPARE', lab.node(1)) === 2)
    assert.equal(lab.countOf('EXECUTE'), 0)
  })

  test('finds out by itself where reprepareOnUp is off', async () => {
    await using lab = await Lab.open({ nodes: 2, prepared: { reprepareOnUp: false } })
    const prepared = await lab.session.prepare(BY_ID)
    await restart(lab)
    const result = await within(lab.session.execute(prepared, [1], { host: lab.node(1) }))
    assert.equal(result.info.attempts, 2)
    assert.equal(lab.countOf('PREPARE', lab.node(1)), 1)
  })
})
