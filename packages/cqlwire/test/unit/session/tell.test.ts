import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tell } from '../../../src/session/tell.js'

test('a callback is told the outcome; what it throws becomes a warning of the process', async () => {
  const told: number[] = []
  tell((n: number) => told.push(n), 7)
  assert.deepEqual(told, [7])

  const warnings: Error[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  tell(() => {
    throw new RangeError('mine')
  }, 7)
  tell(() => {
    throw 'no error at all' // eslint-disable-line @typescript-eslint/only-throw-error -- users may
  }, 7)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listen)
  assert.deepEqual(
    warnings.map(({ name }) => name),
    ['CqlwireWarning', 'CqlwireWarning'],
  )
  assert.match(warnings[0]!.message, /RangeError: mine/)
  assert.match(warnings[1]!.message, /no error at all/)
})
