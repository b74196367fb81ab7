/** Connections that are lost in the middle of a frame, after each of its bytes in turn: requests, answers, events, the handshake. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionError, NoHostAvailableError } from '../../src/base/errors.js'
import type { ProtocolVersion } from '../../src/protocol/features.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { CqlProxy } from '../../src/testing/proxy/cql-proxy.js'
import { fault } from '../../src/testing/proxy/fault.js'
import { fitsFrame } from '../../src/testing/proxy/proxy-frame.js'
import type { FrameCondition } from '../../src/testing/proxy/proxy-frame.js'
import { Accounts, BOTH, BY_ID, eventually, failure, ProxiedLab, quick, within } from './support.js'

/** A segment's head and checksum, around a frame on v5. */
const SEGMENT = 10

/** How long the frame was, as it travelled, that fits the condition. */
function lengthOf(proxy: CqlProxy, condition: FrameCondition, version: ProtocolVersion, inSegment = version >= 5): number {
  const frame = proxy.frames.findLast((each) => fitsFrame(condition, each))
  assert.ok(frame !== undefined, 'such a frame has passed')
  return frame.bytes + (inSegment ? SEGMENT : 0)
}

const connected = (lab: ProxiedLab): Promise<void> =>
  eventually('a connection', () => [...lab.session.metrics.connections.values()].some((count) => count > 0))

interface Case {
  readonly name: string
  readonly frames: FrameCondition
  readonly ask: (lab: ProxiedLab) => Promise<unknown>
}

let texts = 0
/** A text that was never prepared. */
const newText = (lab: ProxiedLab): string => {
  const text = `UPDATE users SET n = ${++texts} WHERE id = ?`
  lab.fake.when(text, { kind: 'void' }, { parameters: { id: 'int' } })
  return text
}

const CASES: readonly Case[] = [
  { name: 'an EXECUTE', frames: { opcode: 'EXECUTE' }, ask: ({ session }) => session.execute(BY_ID, [1], { idempotent: false }) },
  {
    name: 'the rows of an EXECUTE',
    frames: { answers: 'EXECUTE' },
    ask: ({ session }) => session.execute(BY_ID, [1], { idempotent: false }),
  },
  {
    name: 'a QUERY',
    frames: { opcode: 'QUERY', query: 'UPDATE t SET a = 1' },
    ask: ({ session }) => session.execute('UPDATE t SET a = 1', [], { idempotent: false, prepare: false }),
  },
  {
    name: 'a BATCH',
    frames: { opcode: 'BATCH' },
    ask: ({ session }) => session.batch(['UPDATE t SET a = 1', 'UPDATE t SET a = 2'], { idempotent: false }),
  },
  {
    name: 'the answer to a BATCH',
    frames: { answers: 'BATCH' },
    ask: ({ session }) => session.batch(['UPDATE t SET a = 1', 'UPDATE t SET a = 2'], { idempotent: false }),
  },
]

for (const version of BOTH) {
  describe(`a connection of protocol v${version} that is lost after each byte of`, () => {
    for (const { name, frames, ask } of CASES) {
      test(`${name}: the request fails once, as one that was sent, and the next one is answered`, async () => {
        await using lab = await ProxiedLab.open({ protocolVersion: version })
        await lab.works()
        await ask(lab)
        const length = lengthOf(lab.proxy, frames, version)
        for (let afterBytes = 0; afterBytes < length; afterBytes++) {
          const rule = lab.proxy.when(frames, fault.cut({ afterBytes, how: afterBytes % 2 === 0 ? 'end' : 'reset' }), { times: 1 })
          const error = await failure(ask(lab), ConnectionError)
          assert.equal(error.sent, true, `after ${afterBytes} bytes`)
          assert.equal(rule.calls, 1)
          await connected(lab)
        }
        await lab.works()
      })
    }

    for (const [name, frames] of [
      ['a PREPARE', { opcode: 'PREPARE' }],
      ['the answer to a PREPARE', { answers: 'PREPARE' }],
    ] as const) {
      test(`${name}: it is asked of the next node, and the request is answered`, async () => {
        await using lab = await ProxiedLab.open({ nodes: 2, protocolVersion: version, prepared: { onAllHosts: false } })
        await lab.works()
        await lab.session.execute(newText(lab), [1])
        const length = lengthOf(lab.proxy, frames, version)
        for (let afterBytes = 0; afterBytes < length; afterBytes++) {
          const rule = lab.proxy.when(frames, fault.cut({ afterBytes }), { times: 1 })
          await within(lab.session.execute(newText(lab), [1], { idempotent: false }))
          assert.equal(rule.calls, 1, `after ${afterBytes} bytes`)
          await eventually('both connections', () => [...lab.session.metrics.connections.values()].every((count) => count === 1))
        }
        await lab.works()
      })
    }

    test('an event: the control connection is made anew, requests are not touched', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion: version })
      await lab.works()
      let restored = 0
      lab.cluster.on('controlConnectionRestored', () => restored++)
      const push = (): void => lab.fake.pushEvent({ type: 'STATUS_CHANGE', change: 'UP', address: '127.0.0.1', port: 1 })
      push()
      const isEvent: FrameCondition = { opcode: 'EVENT' }
      await eventually('the event to pass', () => lab.proxy.frames.some((frame) => fitsFrame(isEvent, frame)))
      const length = lengthOf(lab.proxy, isEvent, version)
      for (let afterBytes = 0; afterBytes < length; afterBytes++) {
        lab.proxy.when(isEvent, fault.cut({ afterBytes }), { times: 1 })
        push()
        await eventually(`it is made anew after ${afterBytes} bytes`, () => restored === afterBytes + 1)
        assert.equal((await lab.session.execute(BY_ID, [1], { idempotent: false })).length, 1)
      }
      await lab.works()
    })

    for (const [name, frames, inSegment] of [
      ['the answer to STARTUP', { answers: 'STARTUP', opcode: 'AUTHENTICATE' }, false],
      ['the answer to the credentials', { answers: 'AUTH_RESPONSE' }, version >= 5],
      ['the credentials', { opcode: 'AUTH_RESPONSE' }, version >= 5],
      ["the answer of the node's own row", { answers: 'QUERY', query: /FROM system\.local/ }, version >= 5],
    ] as const) {
      test(`${name}: connecting fails with the reason, leaves nothing, and works later`, async () => {
        const accounts = new Accounts()
        {
          const credentials = { username: 'ada', password: 'lovelace' }
          await using fake = await FakeCluster.start({ credentials })
          await using proxy = await CqlProxy.start({ targets: fake.contactPoints })
          const open = (): Cluster =>
            new Cluster(quick({ contactPoints: proxy.contactPoints, auth: credentials, protocolVersion: version }))
          {
            await using cluster = open()
            await cluster.connect()
          }
          const length = lengthOf(proxy, frames, version, inSegment)
          for (let afterBytes = 0; afterBytes < length; afterBytes += 1 + Math.floor(afterBytes / 40)) {
            const rule = proxy.when(frames, fault.cut({ afterBytes }))
            await using cluster = open()
            const error = await failure(cluster.connect(), NoHostAvailableError)
            assert.ok([...error.errors.values()][0] instanceof ConnectionError, `after ${afterBytes} bytes: ${error.message}`)
            assert.doesNotMatch(error.message, /lovelace/)
            rule.remove()
          }
          await using cluster = open()
          await within(cluster.connect())
        }
        await accounts.close()
      })
    }
  })
}
