import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { BatchStatement, SimpleStatement } from '../../../src/session/statements.js'

describe('a batch', () => {
  test('takes texts and simple statements, with parameters of their own', () => {
    const batch = new BatchStatement('UNLOGGED')
      .add('INSERT 1')
      .add('INSERT 2', [2])
      .add(new SimpleStatement('INSERT 3', [3]))
      .add(new SimpleStatement('INSERT 4', [4]), [44])
      .addAll('INSERT 5', [[5], [6]])
    assert.deepEqual(
      batch.items.map(({ statement, params }) => [statement, params]),
      [
        ['INSERT 1', undefined],
        ['INSERT 2', [2]],
        ['INSERT 3', [3]],
        ['INSERT 4', [44]],
        ['INSERT 5', [5]],
        ['INSERT 5', [6]],
      ],
    )
    assert.equal(batch.length, 6)
    assert.equal(batch.clear().length, 0)
  })

  test('refuses what is no statement, by its place', () => {
    const batch = new BatchStatement().add('INSERT 1')
    for (const wrong of [undefined, null, 5, {}, ['INSERT'], new BatchStatement()])
      assert.throws(
        () => batch.add(wrong as never),
        (error: Error) => error instanceof InvalidArgumentError && /^Statement 1 of a batch/.test(error.message),
      )
    assert.throws(() => new BatchStatement('ATOMIC' as never), InvalidArgumentError)
  })

  test('takes as many statements as the protocol counts', () => {
    const batch = new BatchStatement()
    for (let i = 0; i < 65_535; i++) batch.add('INSERT')
    assert.throws(() => batch.add('INSERT'), /at most 65,535 statements/)
  })
})

test('a simple statement has a text', () => {
  for (const wrong of ['', '  \n', undefined, 5]) assert.throws(() => new SimpleStatement(wrong as string), InvalidArgumentError)
})
