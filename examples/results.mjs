// What comes back: rows as objects, arrays or columns, pages, conditional writes, errors.
import assert from 'node:assert/strict'
import { InvalidArgumentError, InvalidRequestError } from 'cqlwire'
import { withKeyspace } from './connect.mjs'

await withKeyspace('results', async (session) => {
  await session.execute('CREATE TABLE readings (sensor text, at timestamp, value double, PRIMARY KEY (sensor, at))')
  const insert = await session.prepare('INSERT INTO readings (sensor, at, value) VALUES (?, ?, ?)')
  for (let n = 0; n < 250; n++) await session.execute(insert, ['attic', new Date(1_700_000_000_000 + n * 1000), n / 10])

  const query = 'SELECT at, value FROM readings WHERE sensor = ?'

  // All pages, one row at a time; the next page is asked for while this one is read.
  let sum = 0
  for await (const row of session.iterate(query, ['attic'], { pageSize: 100 })) sum += row.value
  console.log('sum over 3 pages:', sum.toFixed(1))

  // One page, and where to go on.
  const page = await session.execute(query, ['attic'], { pageSize: 100 })
  const rest = await session.execute(query, ['attic'], { pageSize: 200, pageState: page.pageState })
  assert.equal(page.length + rest.length, 250)

  // Rows as arrays, or the page as columns with typed arrays.
  const arrays = await session.execute(query, ['attic'], { rowFactory: 'array' })
  console.log('first as an array:', arrays.one())
  const columns = (await session.execute(query, ['attic'], { rowFactory: 'columns' })).rows
  console.log('values as', columns.value.values.constructor.name, 'of', columns.value.length)

  // A conditional write says whether it was applied, and what stands there otherwise.
  await session.execute('CREATE TABLE locks (name text PRIMARY KEY, owner text)')
  const first = await session.cql`INSERT INTO locks (name, owner) VALUES (${'door'}, ${'ada'}) IF NOT EXISTS`
  const second = await session.cql`INSERT INTO locks (name, owner) VALUES (${'door'}, ${'eve'}) IF NOT EXISTS`
  console.log('applied:', first.wasApplied, second.wasApplied, 'owner:', second.one()?.owner)

  // What is wrong with a value is said before anything is sent.
  await assert.rejects(session.execute(insert, ['attic', new Date(), 'warm']), (error) => {
    console.log('an error:', error.message)
    return error instanceof InvalidArgumentError
  })
  await assert.rejects(session.execute('SELECT * FROM nowhere'), InvalidRequestError)
})
