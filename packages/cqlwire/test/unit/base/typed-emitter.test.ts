import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TypedEmitter } from '../../../src/base/typed-emitter.js'

interface Events {
  up: [host: string, port: number]
  down: [host: string]
}

function newEmitter(): { emitter: TypedEmitter<Events>; errors: [string, unknown][] } {
  const emitter = new TypedEmitter<Events>()
  const errors: [string, unknown][] = []
  emitter.onListenerError = (error, event) => errors.push([event, error])
  return { emitter, errors }
}

test('calls listeners in their order with the event’s arguments', () => {
  const { emitter } = newEmitter()
  const seen: string[] = []
  emitter.on('up', (host, port) => seen.push(`first ${host}:${port}`))
  emitter.on('up', (host) => seen.push(`second ${host}`))
  assert.equal(emitter.emit('up', 'a', 1), true)
  assert.equal(emitter.emit('down', 'a'), false)
  assert.deepEqual(seen, ['first a:1', 'second a'])
})

test('a listener that throws stops nobody, and its error is told', () => {
  const { emitter, errors } = newEmitter()
  const seen: string[] = []
  const problem = new Error('mine')
  emitter.on('down', () => {
    throw problem
  })
  emitter.on('down', (host) => seen.push(host))
  emitter.emit('down', 'a')
  assert.deepEqual(seen, ['a'])
  assert.deepEqual(errors, [['down', problem]])
})

test('a listener whose promise rejects is told of, too', async () => {
  const { emitter, errors } = newEmitter()
  const problem = new Error('later')
  emitter.on('down', () => Promise.reject(problem))
  emitter.emit('down', 'a')
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(errors, [['down', problem]])
})

test('once is once, even where the event comes again from within', () => {
  const { emitter } = newEmitter()
  let calls = 0
  emitter.once('down', () => {
    calls++
    emitter.emit('down', 'again')
  })
  emitter.emit('down', 'a')
  emitter.emit('down', 'b')
  assert.equal(calls, 1)
  assert.equal(emitter.listenerCount('down'), 0)
})

test('off takes a listener away, and listeners may change while they are called', () => {
  const { emitter } = newEmitter()
  const seen: string[] = []
  const second = (host: string): void => void seen.push(`second ${host}`)
  emitter.on('down', () => {
    seen.push('first')
    emitter.off('down', second)
    emitter.on('down', () => seen.push('late'))
  })
  emitter.on('down', second)
  emitter.emit('down', 'a')
  assert.deepEqual(seen, ['first', 'second a'])
  seen.length = 0
  emitter.emit('down', 'b')
  assert.deepEqual(seen, ['first', 'late'])
  emitter.removeAllListeners()
  assert.equal(emitter.emit('down', 'c'), false)
})
