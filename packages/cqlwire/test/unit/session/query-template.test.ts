import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { textOfTemplate } from '../../../src/session/query-template.js'

const textOf = (strings: TemplateStringsArray, ..._values: unknown[]): string => textOfTemplate(strings)

test('a template has a marker where a value stands, whatever the value', () => {
  assert.equal(textOf`SELECT * FROM t WHERE a = ${1} AND b = ${"'; DROP TABLE t; --"}`, 'SELECT * FROM t WHERE a = ? AND b = ?')
  assert.equal(textOf`SELECT 1`, 'SELECT 1')
  assert.equal(textOf`${1}${2}`, '??')
})

test('a template that is no tag is refused', () => {
  const call = textOfTemplate as (strings: unknown) => string
  for (const wrong of ['SELECT 1', ['SELECT ', ''], undefined, null, 5])
    assert.throws(
      () => call(wrong),
      (error: Error) => error instanceof InvalidArgumentError && /template tag/.test(error.message),
    )
})
