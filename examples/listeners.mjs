// Listeners: what a cluster tells a program about its nodes and its schema, while requests go on.
import { withKeyspace } from './connect.mjs'

await withKeyspace('listeners', async (session, cluster) => {
  // Nodes: learned of and gone (hostAdded, hostRemoved), usable or not (hostUp, hostDown). A Host is one object for as long as it is known.
  const place = (host) => `${host.endpoint} in ${host.dataCenter}, ${host.rack}`
  cluster.on('hostAdded', (host) => console.log('joined:', place(host)))
  cluster.on('hostRemoved', (host) => console.log('left:', place(host)))
  cluster.on('hostUp', (host) => console.log('up:', place(host)))
  cluster.on('hostDown', (host) => console.log('down:', place(host)))

  // The control connection is the driver's own: requests don't notice when it is lost. What changed meanwhile is read when it is back.
  cluster.on('controlConnectionLost', (error) => console.log('no news for now:', error.message))
  cluster.on('controlConnectionRestored', () => console.log('up to date again'))

  // What is no error, but should be looked at. Without a listener and a logger, warnings are warnings of the process.
  cluster.on('warning', (message) => console.log('warning:', message))

  // A listener that is there before connect() hears of every node; this one was late: these are known already.
  for (const host of cluster.hosts.values()) console.log(host.isUp ? 'known, up:' : 'known, down:', place(host))

  // The schema: whoever changes it, this program too. When the listener runs, the metadata have the change.
  const told = new Promise((resolve) => {
    cluster.on('schemaChange', (change) => {
      if (change.keyspace !== session.keyspace || change.target !== 'TABLE') return
      const table = cluster.metadata.getKeyspace(change.keyspace).table(change.name)
      console.log(change.change.toLowerCase(), change.name, 'with', [...table.columns.keys()].join(', '))
      resolve(change)
    })
  })
  await session.execute('CREATE TABLE users (id int PRIMARY KEY, name text)')
  await told
})
