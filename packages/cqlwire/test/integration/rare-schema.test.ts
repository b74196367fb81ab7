import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startCassandra } from '../../src/embedded/index.js'
import { Cluster, type Session } from '../../src/index.js'
import { comparable, describedSchema, exportedSchema } from '../support/exported-schema.js'
import { makeTriggerJar } from '../support/trigger-jar.js'

const KS = 'rare'

const TYPES = [
  `CREATE TYPE ${KS}.small (a int, b text)`,
  `CREATE TYPE ${KS}."Large" (a frozen<small>, more frozen<list<text>>, c blob, d inet)`,
  `CREATE FUNCTION ${KS}.own(v text, n int, d text) CALLED ON NULL INPUT RETURNS text LANGUAGE java AS 'return d;'`,
]

/** A column of every type, behind a mask with a value of it: the server has each in a form of its own. */
const MASKS = [
  'text MASKED WITH DEFAULT',
  'text MASKED WITH mask_null()',
  'text MASKED WITH mask_inner(1, null)',
  "text MASKED WITH mask_outer(1, 2, '#')",
  'text MASKED WITH mask_replace(\'null, or a "text"\')',
  "ascii MASKED WITH mask_replace('')",
  `text MASKED WITH ${KS}.own(3, 'y')`,
  "blob MASKED WITH mask_hash('SHA-512')",
  'blob MASKED WITH mask_replace(0xcafe)',
  'blob MASKED WITH mask_replace(0x)',
  'int MASKED WITH mask_replace(7)',
  'bigint MASKED WITH mask_replace(-5)',
  'varint MASKED WITH mask_replace(99999999999999999999)',
  'decimal MASKED WITH mask_replace(1.50)',
  'float MASKED WITH mask_replace(1e-20)',
  'double MASKED WITH mask_replace(-Infinity)',
  'boolean MASKED WITH mask_replace(true)',
  'uuid MASKED WITH mask_replace(123e4567-e89b-12d3-a456-426614174000)',
  "inet MASKED WITH mask_replace('2001:db8::1')",
  "date MASKED WITH mask_replace('2020-01-01')",
  "time MASKED WITH mask_replace('01:02:03')",
  "timestamp MASKED WITH mask_replace('2020-01-01')",
  'duration MASKED WITH mask_replace(-1mo2d3h4m5s6ms7us8ns)',
  'list<int> MASKED WITH mask_replace([1, 2])',
  "list<frozen<list<text>>> MASKED WITH mask_replace([['a'], ['it is']])",
  "list<timestamp> MASKED WITH mask_replace(['2020-01-01'])",
  "list<inet> MASKED WITH mask_replace(['1.2.3.4'])",
  'set<frozen<map<int, blob>>> MASKED WITH mask_replace({{1: 0x02}})',
  "map<text, frozen<small>> MASKED WITH mask_replace({'a': {a: 1, b: null}})",
  "map<date, frozen<tuple<int, text>>> MASKED WITH mask_replace({'2020-01-01': (1, 'x')})",
  "vector<text, 2> MASKED WITH mask_replace(['a', 'b'])",
  'vector<float, 2> MASKED WITH mask_replace([1.5, 2.5])',
  "tuple<int, text, date> MASKED WITH mask_replace((1, null, '2020-01-02'))",
  "small MASKED WITH mask_replace({a: 1, b: 'x:y@z'})",
  'frozen<small> MASKED WITH mask_replace({a: 5})',
  `frozen<"Large"> MASKED WITH mask_replace({a: {a: 1, b: 'p:q'}, more: ['u', 'v'], c: 0x01, d: '1.1.1.1'})`,
]

const COMPACT = [
  `CREATE TABLE ${KS}.compact_wide (k int PRIMARY KEY, a text, b int) WITH COMPACT STORAGE`,
  `CREATE TABLE ${KS}.compact_dense (k int, c int, v text, PRIMARY KEY (k, c)) WITH COMPACT STORAGE AND CLUSTERING ORDER BY (c DESC)`,
  `CREATE TABLE ${KS}.compact_bare (k int, c int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE`,
  `CREATE TABLE ${KS}.compact_long (k int, c int, d int, v blob, PRIMARY KEY (k, c, d)) WITH COMPACT STORAGE`,
  `CREATE TABLE ${KS}.compact_count (k int PRIMARY KEY, n counter) WITH COMPACT STORAGE`,
  `CREATE TABLE ${KS}.was_compact (k int, c int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE`,
  `ALTER TABLE ${KS}.was_compact DROP COMPACT STORAGE`,
]

const TRIGGERS = [
  `CREATE TABLE ${KS}.watched (k int PRIMARY KEY, v text)`,
  `CREATE TABLE ${KS}.audit (k int PRIMARY KEY, v text)`,
  `CREATE TRIGGER tell ON ${KS}.watched USING 'org.example.Audit'`,
  `CREATE TRIGGER "Tell again" ON ${KS}.watched USING 'org.example.Audit'`,
]

describe('what a server has only where it is told to', () => {
  let cluster: Cluster
  let session: Session
  const ends: (() => Promise<unknown>)[] = []

  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cqlwire-trigger-'))
    ends.push(() => rm(directory, { recursive: true, force: true }))
    const triggers = await makeTriggerJar(directory, '5.0.6')
    const cassandra = await startCassandra({
      port: 0,
      storagePort: 0,
      version: '5.0.6',
      firstAddress: '127.0.49.1',
      config: { dynamic_data_masking_enabled: true, drop_compact_storage_enabled: true },
      jvmOptions: [`-Dcassandra.triggers_dir=${triggers}`],
    })
    ends.push(() => cassandra.stop())
    cluster = new Cluster({ contactPoints: cassandra.contactPoints, port: cassandra.port, metadata: { refreshWindowMs: 60_000 } })
    ends.push(() => cluster.shutdown())
    session = await cluster.connect()
    await session.execute(`CREATE KEYSPACE ${KS} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
    for (const statement of [...TYPES, ...COMPACT, ...TRIGGERS]) await session.execute(statement)
    await session.execute(`CREATE TABLE ${KS}.masked_values (k int PRIMARY KEY, ${MASKS.map((mask, i) => `v${i} ${mask}`).join(', ')})`)
    await session.execute(
      `CREATE TABLE ${KS}.masked_key (k text MASKED WITH mask_inner(0, 0), c int MASKED WITH DEFAULT, v text, PRIMARY KEY (k, c))`,
    )
    await session.execute(
      `CREATE MATERIALIZED VIEW ${KS}.masked_view AS SELECT * FROM ${KS}.masked_key WHERE k IS NOT NULL AND c IS NOT NULL PRIMARY KEY (c, k)`,
    )
  })
  after(async () => {
    for (const end of ends.reverse()) await end()
  })

  it('is taken back as it was exported, and then exported the same', async () => {
    const before = await exportedSchema(cluster, KS)
    const describedBefore = await describedSchema(session, KS)
    await session.execute(`DROP KEYSPACE ${KS}`)
    for (const statement of before) await session.execute(statement)
    assert.deepEqual(await exportedSchema(cluster, KS), before)
    assert.deepEqual(await describedSchema(session, KS), describedBefore)
  })

  it('has masks of values of every type, as the server itself writes them', async () => {
    const isMasked = (statement: string): boolean => statement.includes('.masked_')
    const exported = (await exportedSchema(cluster, KS)).map(comparable).filter(isMasked).sort()
    assert.equal(exported.join().match(/ MASKED WITH /g)!.length, MASKS.length + 2)
    assert.deepEqual(exported, (await describedSchema(session, KS)).filter(isMasked))
    const columns = cluster.metadata.getTable(KS, 'masked_key')!.columns
    assert.equal(columns.get('k')!.mask, 'system.mask_inner(0, 0)')
    assert.equal(columns.get('v')!.mask, null)
  })

  it('reads tables with compact storage, by their declared columns', async () => {
    const keyspace = cluster.metadata.getKeyspace(KS)!
    assert.deepEqual(
      [...keyspace.tables.values()].filter((table) => table.isCompactStorage).map(({ name }) => name),
      ['compact_bare', 'compact_count', 'compact_dense', 'compact_long', 'compact_wide'],
    )
    await session.execute(`INSERT INTO ${KS}.compact_wide (k, a, b) VALUES (?, ?, ?)`, [1, 'x', 2])
    await session.execute(`INSERT INTO ${KS}.compact_dense (k, c, v) VALUES (?, ?, ?)`, [1, 2, 'y'])
    await session.execute(`INSERT INTO ${KS}.compact_bare (k, c) VALUES (?, ?)`, [1, 3])
    await session.execute(`INSERT INTO ${KS}.compact_long (k, c, d, v) VALUES (?, ?, ?, ?)`, [1, 2, 3, Uint8Array.of(4)])
    await session.execute(`UPDATE ${KS}.compact_count SET n = n + 1 WHERE k = ?`, [1])
    await session.execute(`INSERT INTO ${KS}.was_compact (k, c) VALUES (?, ?)`, [1, 4])
    const read = async (table: string): Promise<unknown> => (await session.execute(`SELECT * FROM ${KS}.${table} WHERE k = ?`, [1])).one()
    assert.deepEqual(await read('compact_wide'), { k: 1, a: 'x', b: 2 })
    assert.deepEqual(await read('compact_dense'), { k: 1, c: 2, v: 'y' })
    assert.deepEqual(await read('compact_bare'), { k: 1, c: 3 })
    assert.deepEqual(await read('compact_long'), { k: 1, c: 2, d: 3, v: Buffer.of(4) })
    assert.deepEqual(await read('compact_count'), { k: 1, n: 1n })
    // What was the place of a value that had no bytes is a column of its own now.
    assert.deepEqual(await read('was_compact'), { k: 1, c: 4, value: null })
  })

  it('knows triggers, which run', async () => {
    const table = cluster.metadata.getTable(KS, 'watched')!
    assert.deepEqual(
      [...table.triggers.values()].map((trigger) => trigger.asCql()),
      [
        `CREATE TRIGGER "Tell again" ON ${KS}.watched USING 'org.example.Audit';`,
        `CREATE TRIGGER tell ON ${KS}.watched USING 'org.example.Audit';`,
      ],
    )
    await session.execute(`INSERT INTO ${KS}.watched (k, v) VALUES (?, ?)`, [7, 'new'])
    assert.deepEqual((await session.execute(`SELECT * FROM ${KS}.audit`)).rows, [{ k: 7, v: 'seen' }])
    await session.execute(`DROP TRIGGER "Tell again" ON ${KS}.watched`)
    assert.deepEqual([...cluster.metadata.getTable(KS, 'watched')!.triggers.keys()], ['tell'])
  })

  it('has virtual keyspaces that are exported in comments only, which a server takes no notice of', async () => {
    const virtual = [...cluster.metadata.keyspaces.values()].filter((keyspace) => keyspace.virtual)
    assert.ok(virtual.some(({ name }) => name === 'system_views'))
    assert.ok(virtual.some(({ name }) => name === 'system_virtual_schema'))
    for (const keyspace of virtual) for (const statement of keyspace.exportStatements()) assert.match(statement, /^\/\*[^]*\*\/$/)
    assert.ok(cluster.metadata.getTable('system_views', 'clients')!.virtual)
    assert.equal(cluster.metadata.getTable('system_views', 'clients')!.id, null)
  })
})
