import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { PreparedStatement } from '../../../src/session/prepared-statement.js'
import { SchemaWatch } from '../../../src/session/schema-watch.js'

describe('the watch over schema changes', () => {
  let now: number
  let watch: SchemaWatch
  beforeEach(() => {
    now = 1_000
    watch = new SchemaWatch(() => now)
  })

  const statement = (tableKeyspace: string, table: string): PreparedStatement =>
    ({ tableKeyspace, table, checkedEpoch: -1, columnsAt: -Infinity }) as unknown as PreparedStatement

  it('suspects the statements of a table that was altered, and of a keyspace whose types were', () => {
    const altered = statement('ks', 't')
    const other = statement('ks', 'u')
    assert.deepEqual([watch.suspects(altered), watch.suspects(other)], [false, false])
    watch.hear({ target: 'TABLE', keyspace: 'ks', name: 't' })
    assert.deepEqual([watch.suspects(altered), watch.suspects(other)], [true, false])
    watch.hear({ target: 'TYPE', keyspace: 'ks', name: 'address' })
    assert.deepEqual([watch.suspects(altered), watch.suspects(other)], [true, true])
    assert.equal(watch.suspects(statement('elsewhere', 't')), false)
  })

  it('asks for the columns until they came when the nodes agree, however late that is', () => {
    const altered = statement('ks', 't')
    watch.hear({ target: 'TABLE', keyspace: 'ks', name: 't' })
    watch.columnsCame(altered)
    assert.equal(watch.suspects(altered), true, 'another node may still have the table of before')
    now += 3_600_000
    assert.equal(watch.suspects(altered), true, 'nothing came since')
    watch.columnsCame(altered)
    assert.equal(watch.suspects(altered), false)
  })

  it('forgets no change when it hears of very many', () => {
    const altered = statement('ks', 't')
    watch.hear({ target: 'TABLE', keyspace: 'ks', name: 't' })
    for (let i = 0; i < 5_000; i++) watch.hear({ target: 'TABLE', keyspace: 'ks', name: `temporary_${i}` })
    now += 3_600_000
    assert.equal(watch.suspects(altered), true)
  })

  it('suspects every statement while no node tells of changes, and what it knew before that afterwards', () => {
    const rested = statement('ks', 't')
    watch.columnsCame(rested)
    now += 60_000
    assert.equal(watch.suspects(rested), false)
    watch.goDeaf()
    now += 60_000
    assert.equal(watch.suspects(rested), true)
    watch.hearAgain()
    assert.equal(watch.suspects(rested), true, 'anything may have changed meanwhile')
    now += 60_000
    watch.columnsCame(rested)
    assert.equal(watch.suspects(rested), false)
  })
})
