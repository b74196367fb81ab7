import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MessageChannel, Worker } from 'node:worker_threads'
import { CqlwireError } from '../../../src/base/errors.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { AnswerReader } from '../../../src/sync/answer-reader.js'
import { Link } from '../../../src/sync/link.js'
import { Answer, WORDS } from '../../../src/sync/messages.js'
import { putValue } from '../../../src/transfer/value-writer.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

/** A link to a worker that runs the code, with `port`, `words`, `tell(message)` and `messages` (by number) at hand. */
function linkTo(code: string, messages: readonly ArrayBuffer[] = []): Link {
  const { port1, port2 } = new MessageChannel()
  const shared = new SharedArrayBuffer(WORDS * 4)
  const start = `
    const { port, shared, messages } = require('node:worker_threads').workerData
    const words = new Int32Array(shared)
    const tell = (message) => { port.postMessage(message); Atomics.add(words, 0, 1); Atomics.notify(words, 0) }
  `
  const worker = new Worker(start + code, { eval: true, workerData: { port: port2, shared, messages }, transferList: [port2] })
  return new Link(worker, port1, new Int32Array(shared), new AnswerReader(createCodecRegistry()), { starting: 20, working: 3 })
}

/** An answer as the worker writes it. */
function answer(kind: number, id: number, value: unknown): ArrayBuffer {
  const writer = new ByteWriter(64)
  writer.putUint8(kind)
  writer.putInt32(id)
  writer.putUint8(0)
  putValue(writer, value)
  return new Uint8Array(writer.toBuffer()).buffer
}

const isDead = (error: unknown): boolean => error instanceof CqlwireError && error.code === 'ERR_WORKER_DIED'

describe('waiting for the worker', () => {
  it('gives each call its own answer, in whatever order they come', () => {
    const link = linkTo('for (const message of messages) tell(message)', [answer(Answer.VALUE, 2, 'two'), answer(Answer.VALUE, 1, 'one')])
    assert.deepEqual(
      [link.wait(1), link.wait(2)].map((reply) => reply.kind === 'value' && reply.value),
      ['one', 'two'],
    )
    link.close(() => new Error('over'))
  })

  it('drops the answer to a call that was given up', () => {
    const messages = [answer(Answer.VALUE, 1, 'unwanted'), answer(Answer.VALUE, 2, 'two'), answer(Answer.VALUE, 1, 'wanted')]
    const link = linkTo('for (const message of messages) tell(message)', messages)
    link.abandon(1)
    link.wait(2)
    const reply = link.wait(1)
    assert.equal(reply.kind === 'value' && reply.value, 'wanted')
    link.close(() => new Error('over'))
  })

  it('ends when the worker stops showing signs of life', () => {
    const link = linkTo('Atomics.add(words, 1, 1); for (;;) Atomics.wait(words, 3, 0, 1000)')
    assert.throws(() => link.wait(1), isDead)
  })

  it('ends when the worker never starts to show any', () => {
    const link = linkTo('for (;;) Atomics.wait(words, 3, 0, 1000)')
    assert.throws(() => link.wait(1), isDead)
  })

  it('ends at once when the worker says that it is gone, but not before its last answer is read', () => {
    const link = linkTo('tell(messages[0]); Atomics.store(words, 2, 1); tell(messages[1])', [
      answer(Answer.VALUE, 2, 'early'),
      answer(Answer.VALUE, 1, 'last'),
    ])
    const reply = link.wait(1)
    assert.equal(reply.kind === 'value' && reply.value, 'last')
    assert.throws(() => link.wait(3), isDead)
  })

  it('says why, where the worker could', () => {
    const link = linkTo('tell(messages[0])', [answer(Answer.FATAL, 0, new TypeError('a bug'))])
    assert.throws(
      () => link.wait(1),
      (error) => isDead(error) && (error as Error).cause instanceof TypeError && /a bug/.test((error as Error).message),
    )
  })

  it('later calls fail with the first reason', () => {
    const link = linkTo('')
    link.close(() => new CqlwireError('first'))
    link.close(() => new CqlwireError('second'))
    assert.throws(() => link.send(new ByteWriter(16)), /first/)
    assert.throws(() => link.wait(1), /first/)
  })
})
