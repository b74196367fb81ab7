import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Cluster, type Session } from '../../src/index.js'
import { sharedCassandra } from '../support/shared-cassandra.js'

const KS = 'user_type_classes'

class Address {
  readonly street: string
  readonly city: string | null

  constructor({ street, city = null }: { readonly street: string; readonly city?: string | null }) {
    this.street = street
    this.city = city
  }

  label(): string {
    return `${this.street}, ${this.city ?? 'nowhere'}`
  }
}

describe('a class that is registered for a user-defined type', () => {
  let cluster: Cluster
  let session: Session

  before(async () => {
    const { contactPoints, port } = await sharedCassandra()
    cluster = new Cluster({ contactPoints, port })
    session = await cluster.connect()
    await session.execute(`DROP KEYSPACE IF EXISTS ${KS}`)
    await session.execute(`CREATE KEYSPACE ${KS} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
    await session.setKeyspace(KS)
    await session.execute('CREATE TYPE address (street text, city text)')
    await session.execute('CREATE TABLE people (id int PRIMARY KEY, home frozen<address>, others map<text, frozen<address>>)')
  })
  after(async () => {
    await session.execute(`DROP KEYSPACE IF EXISTS ${KS}`)
    await cluster.shutdown()
  })

  it('is what its values are read as, in collections too, prepared or not; and is written as it is', async () => {
    const insert = 'INSERT INTO people (id, home, others) VALUES (?, ?, ?)'
    const select = 'SELECT home, others FROM people WHERE id = ?'
    await session.execute(insert, [1, new Address({ street: 'Main St' }), { work: { street: 'Side St', city: 'Paris' } }])
    const plain = (await session.execute(select, [1])).one()!['home']
    assert.deepEqual(plain, { street: 'Main St', city: null })
    cluster.registerUserType(KS, 'address', Address)
    for (const result of [await session.execute(select, [1]), await session.execute('SELECT home, others FROM people WHERE id = 1')]) {
      const { home, others } = result.one() as { home: Address; others: Map<string, Address> }
      assert.ok(home instanceof Address)
      assert.equal(home.label(), 'Main St, nowhere')
      assert.equal(others.get('work')!.label(), 'Side St, Paris')
    }
    await session.execute(insert, [2, new Address({ street: 'Rue', city: 'Lyon' }), null])
    assert.equal(((await session.execute(select, [2])).one() as { home: Address }).home.label(), 'Rue, Lyon')
  })

  it('must be a class, for a type that is there', () => {
    assert.throws(() => cluster.registerUserType(KS, 'adress', Address), {
      name: 'InvalidArgumentError',
      message: /no user-defined type "adress" in the keyspace user_type_classes; did you mean "address"\?/,
    })
    assert.throws(() => cluster.registerUserType('nowhere', 'address', Address), { message: /there is no keyspace "nowhere"/ })
    assert.throws(() => cluster.registerUserType(KS, 'address', {} as never), { message: /takes a class for the type address, got object/ })
  })

  it('belongs to a cluster that counts its sessions, requests and connections', async () => {
    const { sessions, knownHosts, connectedHosts, openConnections, requests, inFlight, queued } = cluster.metrics
    assert.deepEqual([sessions, knownHosts, connectedHosts, openConnections, inFlight, queued], [1, 1, 1, 1, 0, 0])
    await session.execute('SELECT key FROM system.local')
    assert.equal(cluster.metrics.requests, requests + 1)
    await using _other = await cluster.connect()
    assert.deepEqual([cluster.metrics.sessions, cluster.metrics.openConnections], [2, 2])
  })
})
