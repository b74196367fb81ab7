import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { SchemaTargets } from '../../../src/cluster/schema-targets.js'
import { ShutdownError } from '../../../src/base/errors.js'
import { FakeRing, until } from './fake-ring.js'

const table = (name: string): Record<string, unknown> => ({ keyspace_name: 'ks', table_name: name })
const column = (name: string, type = 'int'): Record<string, unknown> => ({
  ...table(name),
  column_name: 'id',
  type,
  kind: 'regular',
  position: 0,
})

describe('a refresh of the schema', () => {
  let ring: FakeRing
  const tell = (tables: readonly string[]): void => {
    const node = ring.node(0)
    node.tables.set('system_schema.keyspaces', [{ keyspace_name: 'ks', replication: new Map([['class', 'LocalStrategy']]) }])
    node.tables.set('system_schema.tables', tables.map(table))
    node.tables.set(
      'system_schema.columns',
      tables.map((name) => column(name)),
    )
  }
  const asked = (): string[] => ring.node(0).queries.filter((query) => query.includes('system_schema'))

  beforeEach(async () => {
    ring = await FakeRing.start('dc1')
    tell(['one', 'two'])
  })
  afterEach(async () => {
    await ring.stop()
  })

  it('of one table asks for that table alone, and leaves the other objects as they were', async () => {
    const core = ring.core()
    await core.connect()
    const [one, two] = [core.metadata.getTable('ks', 'one'), core.metadata.getTable('ks', 'two')]
    ring.node(0).queries.length = 0
    await core.refreshSchema((targets) => targets.addObject('ks', 'tables', 'one'))
    assert.ok(asked().length > 0)
    for (const query of asked()) assert.match(query, / WHERE keyspace_name = 'ks' AND (table|view)_name = 'one'$/)
    assert.notEqual(core.metadata.getTable('ks', 'one'), one)
    assert.equal(core.metadata.getTable('ks', 'two'), two)
  })

  it('follows an event in the same way, and drops what is gone', async () => {
    const core = ring.core()
    await core.connect()
    // The fake node takes no notice of WHERE: what it has is the table that is asked for.
    tell([])
    ring.node(0).queries.length = 0
    const change = { change: 'DROPPED', target: 'TABLE', keyspace: 'ks', name: 'two', argTypes: null } as const
    ring.node(0).emit({ type: 'SCHEMA_CHANGE', ...change })
    await until('the table is gone', () => core.metadata.getTable('ks', 'two') === null)
    assert.deepEqual([...core.metadata.getKeyspace('ks')!.tables.keys()], ['one'])
    assert.ok(asked().every((query) => query.includes("'two'")))
  })

  it('of a type has tables read their columns anew, without asking for them', async () => {
    const core = ring.core()
    ring.node(0).tables.set('system_schema.columns', [column('one', 'point')])
    const point = (...fields: string[]): void =>
      void ring
        .node(0)
        .tables.set('system_schema.types', [
          { keyspace_name: 'ks', type_name: 'point', field_names: fields, field_types: fields.map(() => 'int') },
        ])
    point('x')
    await core.connect()
    const fields = (): readonly string[] => {
      const type = core.metadata.getTable('ks', 'one')!.columns.get('id')!.type
      return type.kind === 'udt' ? type.fieldNames : []
    }
    assert.deepEqual(fields(), ['x'])
    point('x', 'y')
    await core.refreshSchema((targets) => targets.addObject('ks', 'types', 'point'))
    assert.deepEqual(fields(), ['x', 'y'])
  })

  it('is read when metadata are switched on, and by hand while they are off', async () => {
    const core = ring.core({ metadata: { schema: false } })
    await core.connect()
    assert.equal(core.metadata.getKeyspace('ks'), null)
    await core.refreshSchema((targets) => targets.addKeyspace('ks'))
    assert.equal(core.metadata.getKeyspace('ks')?.tables.size, 2)
    tell(['one', 'two', 'three'])
    await core.setSchemaEnabled(true)
    assert.equal(core.metadata.getKeyspace('ks')?.tables.size, 3)
  })

  it('fails once the cluster is shut down', async () => {
    const core = ring.core()
    await core.connect()
    await core.shutdown()
    await assert.rejects(
      core.refreshSchema((targets) => targets.addEverything()),
      ShutdownError,
    )
  })
})

describe('what of a schema is to be read', () => {
  it('is read once where it is part of something larger', () => {
    const targets = new SchemaTargets()
    targets.addObject('a', 'tables', 't')
    targets.addObject('a', 'tables', 't')
    targets.addKeyspace('b')
    targets.addObject('b', 'types', 'x')
    assert.deepEqual(
      [...targets.keyspaces],
      [
        ['a', new Map([['tables', new Set(['t'])]])],
        ['b', null],
      ],
    )
  })

  it('is the whole keyspace where it would be many objects', () => {
    const targets = new SchemaTargets()
    for (let i = 0; i < 40; i++) targets.addObject('a', i % 2 === 0 ? 'tables' : 'functions', `n${i}`)
    assert.equal(targets.keyspaces.get('a'), null)
  })
})
