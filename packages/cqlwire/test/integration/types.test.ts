/** Values of every CQL type, against the server's own view of them: written by the driver and read as JSON, written as CQL and read by the driver. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { inspect } from 'node:util'
import { TYPE_CASES, USER_TYPES } from '../support/type-cases.js'
import { onEachVersion } from '../support/versions.js'

const types = [...new Set(TYPE_CASES.map(({ type }) => type))]
const columnOf = (type: string): string => `c${types.indexOf(type)}`
const columns = types.map((type) => `${columnOf(type)} ${type}`)

const schema = [
  ...USER_TYPES,
  `CREATE TABLE every (id int PRIMARY KEY, ${columns.join(', ')})`,
  'CREATE TABLE counters (id int PRIMARY KEY, n counter)',
]

onEachVersion('CQL types', 'types', { schema }, (stage) => {
  TYPE_CASES.forEach(({ type, value, literal, json }, id) => {
    const column = columnOf(type)
    // Some values have no JSON: the server fails at them.
    const select =
      json === null
        ? `SELECT ${column} AS v FROM every WHERE id = ?`
        : `SELECT ${column} AS v, toJson(${column}) AS json FROM every WHERE id = ?`
    const expected = json === null ? { v: value } : { v: value, json }
    const shown = inspect(value, { breakLength: Infinity, depth: 6 }).slice(0, 60)

    it(`${type}: ${shown} is written as the server understands it, and read back`, async () => {
      const { session } = stage
      await session.execute(`INSERT INTO every (id, ${column}) VALUES (?, ?)`, [id, value])
      assert.deepEqual((await session.execute(select, [id])).one(), expected)
    })

    it(`${type}: ${shown} is read as the server wrote it`, async () => {
      const { session } = stage
      const key = 100_000 + id
      await session.execute(`INSERT INTO every (id, ${column}) VALUES (${key}, ${literal})`)
      assert.deepEqual((await session.execute(select, [key])).one(), expected)
    })
  })

  it('float and double: numbers that JSON does not have are those of the server', async () => {
    const { session } = stage
    const [float, double] = [columnOf('float'), columnOf('double')]
    await session.execute(`INSERT INTO every (id, ${float}, ${double}) VALUES (-1, ?, ?)`, [-Infinity, NaN])
    const row = await session.execute(`SELECT CAST(${float} AS text) AS f, CAST(${double} AS text) AS d FROM every WHERE id = -1`)
    assert.deepEqual(row.one(), { f: '-Infinity', d: 'NaN' })
  })

  it('counter: counts up and down, and is read as a bigint', async () => {
    const { session } = stage
    const add = await session.prepare('UPDATE counters SET n = n + ? WHERE id = ?')
    await session.execute(add, [2n ** 62n, 1])
    await session.execute(add, [-5, 1])
    const row = (await session.execute('SELECT n, toJson(n) AS json FROM counters WHERE id = ?', [1])).one()
    assert.deepEqual(row, { n: 2n ** 62n - 5n, json: String(2n ** 62n - 5n) })
  })
})
