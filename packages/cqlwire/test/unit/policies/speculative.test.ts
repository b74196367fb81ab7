import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { ConstantSpeculativeExecutionPolicy, NoSpeculativeExecutionPolicy } from '../../../src/policies/speculative.js'

test('speculation: none, or a constant number at a constant delay', () => {
  assert.equal(new NoSpeculativeExecutionPolicy().nextDelayMs(), -1)
  const policy = new ConstantSpeculativeExecutionPolicy(50, 2)
  assert.deepEqual(
    [0, 1, 2, 3].map((started) => policy.nextDelayMs(started)),
    [50, 50, -1, -1],
  )
  assert.throws(() => new ConstantSpeculativeExecutionPolicy(50, 0), InvalidOptionError)
  assert.throws(() => new ConstantSpeculativeExecutionPolicy(-1, 1), InvalidOptionError)
})
