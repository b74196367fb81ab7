// The schema as the driver knows it, and as CQL that makes it again.
import assert from 'node:assert/strict'
import { withKeyspace } from './connect.mjs'

await withKeyspace('ddl_export_example', async (session, cluster) => {
  await session.execute('CREATE TYPE address (street text, city text)')
  await session.execute('CREATE TABLE people (country text, id uuid, name text, home frozen<address>, PRIMARY KEY (country, id))')
  await session.execute('CREATE INDEX people_name ON people (name)')

  // A statement that changes the schema resolves when the metadata have the change.
  const keyspace = cluster.metadata.getKeyspace(session.keyspace)
  for (const column of keyspace.table('people').columns.values()) console.log(column.name, column.typeText, column.kind)
  console.log(keyspace.table('people').indexes.get('people_name').asCql())

  // All of it, statement by statement: dropped and made again it is the same.
  const statements = keyspace.exportStatements()
  await session.execute(`DROP KEYSPACE ${session.keyspace}`)
  for (const statement of statements) await session.execute(statement)
  assert.deepEqual(cluster.metadata.getKeyspace(session.keyspace).exportStatements(), statements)
  console.log(`${statements.length} statements, taken back`)

  // The ring in ranges, for work that reads a whole table in parts.
  const ranges = cluster.metadata.tokenRanges.flatMap((range) => range.splitEvenly(4)).flatMap((range) => range.unwrap())
  console.log('ranges to read:', ranges.length, 'the first:', String(ranges[0]))
})
