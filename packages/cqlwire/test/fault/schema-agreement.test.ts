import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { reply } from '../../src/testing/reply.js'
import { Lab, within } from './support.js'

const CREATE = 'CREATE TABLE t'
const VERSION_OF_LOCAL = /schema_version FROM system\.local/

/** A lab of two nodes whose schema change is made on the one that has not the control connection. */
async function openLab() {
  const lab = await Lab.open({ nodes: 2, schemaAgreementTimeoutMs: 5_000 })
  lab.fake.when(CREATE, reply.schemaChange({ change: 'CREATED', target: 'TABLE', keyspace: 'ks', name: 't', argTypes: null }))
  const control = lab.fake.requests.find(({ opcode }) => opcode === 'REGISTER')!.node
  const maker = lab.fake.nodes.find(({ name }) => name !== control)!
  lab.fake.clearRequests()
  return { lab, control, maker, create: () => lab.session.execute(CREATE, [], { host: lab.cluster.hosts.get(maker.name)! }) }
}

describe('agreement on a change of the schema', () => {
  // The other nodes have one version as well, the old one, until they hear of the new.
  test('is asked of the node that made the change, until the others have come to its version', async () => {
    const { lab, maker, create } = await openLab()
    await using _ = lab
    lab.fake.when({ query: VERSION_OF_LOCAL, node: maker.name }, reply.rows({ schema_version: 'uuid' }, [[randomUUID()]]), { times: 2 })
    const { info } = await within(create())
    assert.equal(info.schemaAgreed, true)
    const asked = lab.fake.requests.filter(({ query }) => query !== null && VERSION_OF_LOCAL.test(query)).map(({ node }) => node)
    assert.deepEqual(asked, [maker.name, maker.name, maker.name])
  })

  test('is asked of the control connection where the node that made the change is gone', async () => {
    const { lab, control, maker, create } = await openLab()
    await using _ = lab
    lab.fake.when({ query: VERSION_OF_LOCAL, node: maker.name }, reply.close())
    const { info } = await within(create())
    assert.equal(info.schemaAgreed, true)
    assert.equal(lab.fake.requests.findLast(({ query }) => query !== null && VERSION_OF_LOCAL.test(query))!.node, control)
  })
})
