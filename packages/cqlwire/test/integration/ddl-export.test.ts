import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Cluster, type Session } from '../../src/index.js'
import { comparable, describedSchema, exportedSchema } from '../support/exported-schema.js'
import { sharedCassandra } from '../support/shared-cassandra.js'

const KS = 'ddl_export'

/** As Cassandra 5.0 refuses them as bare names. */
const RESERVED =
  'add allow alter and apply asc authorize batch begin by columnfamily create delete desc describe drop entries execute from full grant if ' +
  'in index infinity insert into is keyspace limit materialized modify nan norecursive not null of on or order primary rename revoke schema ' +
  'select set table to token truncate unlogged update use using view where with'
/** Words of the grammar that can be names. */
const NOT_RESERVED =
  'aggregate all as ascii clustering compact contains count counter custom distinct exists filtering finalfunc frozen function functions ' +
  'initcond input json key keys keyspaces language list login map nologin nosuperuser options password permission permissions returns role ' +
  'roles sfunc static storage stype superuser timestamp trigger ttl tuple type user users values writetime cast like per partition group'

const columns = (words: string): string =>
  words
    .split(' ')
    .map((word) => `"${word}" int`)
    .join(', ')

const EVERYTHING = [
  `CREATE TYPE ${KS}.zip (code text, country text)`,
  `CREATE TYPE ${KS}.address (street text, z frozen<zip>, phones map<text, frozen<list<int>>>, "Weird ""name" tuple<int, text>)`,
  `CREATE TYPE ${KS}."Person" (name text, home frozen<address>, "select" int)`,
  `CREATE TYPE ${KS}.a_first (x frozen<"Person">, zips frozen<map<text, frozen<set<frozen<zip>>>>>)`,
  `CREATE TABLE ${KS}.main (id uuid, "Bucket" int, ts timestamp, seq int, note text static, "Flag" boolean static, "tags Of" set<text> static,
     v text, "from" text, addr frozen<address>, p "Person", tags set<text>, m map<text, frozen<"Person">>, l frozen<list<int>>,
     tup tuple<int, text>, emb vector<float, 3>, PRIMARY KEY ((id, "Bucket"), ts, seq))
     WITH CLUSTERING ORDER BY (ts DESC, seq ASC) AND comment = 'it''s a "comment"; -- /* not one */'
     AND compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 100}
     AND compression = {'class': 'ZstdCompressor', 'compression_level': 5, 'chunk_length_in_kb': 64}
     AND caching = {'keys': 'NONE', 'rows_per_partition': '10'} AND gc_grace_seconds = 1234 AND default_time_to_live = 3600
     AND bloom_filter_fp_chance = 0.05 AND speculative_retry = '50ms' AND additional_write_policy = '95p' AND memtable_flush_period_in_ms = 1000
     AND min_index_interval = 64 AND max_index_interval = 1024 AND crc_check_chance = 0.5 AND read_repair = 'NONE'
     AND allow_auto_snapshot = false AND incremental_backups = false`,
  `CREATE TABLE ${KS}.plain (k int PRIMARY KEY, v text, n int, s set<text>, mm map<text, int>, fl frozen<list<int>>, emb vector<float, 4>)`,
  `CREATE INDEX plain_v_idx ON ${KS}.plain (v)`,
  `CREATE INDEX "Keys" ON ${KS}.plain (keys(mm))`,
  `CREATE INDEX ent ON ${KS}.plain (entries(mm))`,
  `CREATE INDEX fullfl ON ${KS}.plain (full(fl))`,
  `CREATE CUSTOM INDEX sai_n ON ${KS}.plain (n) USING 'StorageAttachedIndex'`,
  `CREATE CUSTOM INDEX sai_emb ON ${KS}.plain (emb) USING 'StorageAttachedIndex' WITH OPTIONS = {'similarity_function': 'dot_product'}`,
  `CREATE INDEX sai_main ON ${KS}.main ("from") USING 'sai' WITH OPTIONS = {'case_sensitive': 'false', 'normalize': 'true'}`,
  `CREATE INDEX main_static ON ${KS}.main ("Flag")`,
  `CREATE TABLE ${KS}."Counters" (k int, c counter, PRIMARY KEY (k))`,
  `CREATE TABLE ${KS}."table" ("select" int PRIMARY KEY, "a.b" text, "quo""te" text)`,
  `CREATE TABLE ${KS}.far_off (k int PRIMARY KEY, "Ünï" text)`,
  `CREATE TABLE ${KS}.reserved (k int PRIMARY KEY, ${columns(RESERVED)})`,
  `CREATE TABLE ${KS}.not_reserved (k int PRIMARY KEY, ${columns(NOT_RESERVED)})`,
  `CREATE TABLE ${KS}.bare (k int PRIMARY KEY) WITH compression = {'enabled': 'false'}
     AND compaction = {'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T4, L8'} AND speculative_retry = 'NEVER'`,
  `CREATE TABLE ${KS}.dropped (k int, c int, a text, b int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)`,
  `ALTER TABLE ${KS}.dropped DROP b`,
  `CREATE MATERIALIZED VIEW ${KS}.by_v AS SELECT id, "Bucket", ts, seq, v, "from" FROM ${KS}.main
     WHERE v IS NOT NULL AND id IS NOT NULL AND "Bucket" IS NOT NULL AND ts IS NOT NULL AND seq IS NOT NULL
     PRIMARY KEY ((v), id, "Bucket", ts, seq) WITH CLUSTERING ORDER BY (id ASC, "Bucket" DESC, ts DESC, seq ASC)
     AND comment = 'a view' AND gc_grace_seconds = 77`,
  `CREATE MATERIALIZED VIEW ${KS}."AllOf" AS SELECT * FROM ${KS}.plain WHERE v IS NOT NULL AND k IS NOT NULL PRIMARY KEY (v, k)`,
  `CREATE FUNCTION ${KS}.plus(a int, b int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a + b;'`,
  `CREATE FUNCTION ${KS}.plus(a bigint, b bigint) RETURNS NULL ON NULL INPUT RETURNS bigint LANGUAGE java AS 'return a + b;'`,
  `CREATE FUNCTION ${KS}."State"(state tuple<int, bigint>, "Val" int) CALLED ON NULL INPUT RETURNS tuple<int, bigint> LANGUAGE java
     AS $$ if (Val != null) { state.setInt(0, state.getInt(0) + 1); } /* it's "$" */ return state; $$`,
  `CREATE FUNCTION ${KS}.dollars(a text) CALLED ON NULL INPUT RETURNS text LANGUAGE java AS 'return "$$" + ''x'' + a;'`,
  `CREATE FUNCTION ${KS}.fin(state tuple<int, bigint>) CALLED ON NULL INPUT RETURNS double LANGUAGE java AS 'return Double.valueOf(0);'`,
  `CREATE FUNCTION ${KS}.of_types(a address, l map<text, frozen<list<int>>>, p "Person") CALLED ON NULL INPUT RETURNS list<text> LANGUAGE java
     AS 'return null;'`,
  `CREATE AGGREGATE ${KS}.average(int) SFUNC "State" STYPE tuple<int, bigint> FINALFUNC fin INITCOND (0, 0)`,
  `CREATE AGGREGATE ${KS}.summed(int) SFUNC plus STYPE int INITCOND 0`,
]

describe('the export of a schema as CQL', () => {
  let cluster: Cluster
  let session: Session

  const exported = (): Promise<string[]> => exportedSchema(cluster, KS)
  const described = (): Promise<string[]> => describedSchema(session, KS)

  before(async () => {
    const { contactPoints, port, localDataCenter } = await sharedCassandra()
    cluster = new Cluster({ contactPoints, port, localDataCenter, metadata: { refreshWindowMs: 60_000 } })
    session = await cluster.connect()
    await session.execute(`DROP KEYSPACE IF EXISTS ${KS}`)
    await session.execute(
      `CREATE KEYSPACE ${KS} WITH replication = {'class': 'NetworkTopologyStrategy', '${localDataCenter}': 1} AND durable_writes = false`,
    )
    for (const statement of EVERYTHING) await session.execute(statement)
  })
  after(async () => {
    await session.execute(`DROP KEYSPACE IF EXISTS ${KS}`)
    await cluster.shutdown()
  })

  it('is what the server itself says', async () => {
    // Its own export of a function with $$ in its body can't be taken back.
    const isFit = (statement: string): boolean => !statement.includes('.dollars(')
    assert.deepEqual((await exported()).map(comparable).sort().filter(isFit), (await described()).filter(isFit))
  })

  it('is taken back by the server, which then exports the same', async () => {
    const before = await exported()
    const describedBefore = await described()
    for (const formatted of [true, false]) {
      const statements = cluster.metadata.getKeyspace(KS)!.exportStatements(formatted)
      await session.execute(`DROP KEYSPACE ${KS}`)
      for (const statement of statements) await session.execute(statement)
      assert.deepEqual(await exported(), before)
      assert.deepEqual(await described(), describedBefore)
    }
  })

  it('is one statement a line where it is not formatted', () => {
    const keyspace = cluster.metadata.getKeyspace(KS)!
    for (const statement of keyspace.exportStatements(false)) assert.doesNotMatch(statement, /\n/)
    assert.match(
      keyspace.table('bare')!.asCql(),
      /^CREATE TABLE ddl_export.bare \(k int PRIMARY KEY\) WITH additional_write_policy = '99p' AND /,
    )
  })

  it('has the keyspaces of users only, unless told otherwise', () => {
    assert.match(cluster.metadata.exportSchema(), new RegExp(`CREATE KEYSPACE ${KS} `))
    assert.doesNotMatch(cluster.metadata.exportSchema(), /CREATE KEYSPACE system/)
    assert.match(cluster.metadata.exportSchema({ system: true }), /CREATE KEYSPACE system_schema /)
  })
})
