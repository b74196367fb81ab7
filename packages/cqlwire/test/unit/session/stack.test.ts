import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rejectWithStack } from '../../../src/session/stack.js'

/** A promise that fails later, from code that knows nothing of who awaits it. */
function failLater(error: Error): Promise<never> {
  return new Promise((resolve) => setImmediate(() => rejectWithStack(resolve, error)))
}

/** As in a receive loop: its stack has nobody's lines. */
function madeElsewhere(message: string): Promise<Error> {
  return new Promise((resolve) => setImmediate(() => resolve(new Error(message))))
}

async function theCallersOwnFunction(error: Error): Promise<never> {
  return await failLater(error)
}

describe('an error from the network', () => {
  test('has the lines of those who await it', async () => {
    const error = await madeElsewhere('answered')
    await assert.rejects(theCallersOwnFunction(error), error)
    assert.match(error.stack!, /^Error: answered/)
    assert.match(error.stack!, /at async theCallersOwnFunction .*stack\.test/)
  })

  test('that is given to several has the first one’s, once', async () => {
    const error = await madeElsewhere('lost')
    await Promise.allSettled([theCallersOwnFunction(error), theCallersOwnFunction(error)])
    assert.equal(error.stack!.split('at async theCallersOwnFunction').length, 2)
  })

  test('that can not be changed stays as it is', async () => {
    const error = Object.freeze(new Error('frozen'))
    await assert.rejects(theCallersOwnFunction(error), error)
  })
})
