import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import tls from 'node:tls'
import { NoHostAvailableError } from '../../src/base/errors.js'
import { makeCertificates } from '../../src/embedded/certificates.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { reply } from '../../src/testing/reply.js'
import { BY_ID, eventually, failure, quick, within } from './support.js'

/** Leads from a Unix-domain socket to a node. */
class SocketProxy implements AsyncDisposable {
  readonly path: string
  readonly #directory: string
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  /** Connections that were taken so far. */
  taken = 0
  target: { readonly address: string; readonly port: number }

  private constructor(directory: string, target: SocketProxy['target']) {
    this.#directory = directory
    this.path = join(directory, 'cql.sock')
    this.target = target
  }

  static async to(target: SocketProxy['target']): Promise<SocketProxy> {
    const proxy = new SocketProxy(await mkdtemp(join(tmpdir(), 'cqlwire-')), target)
    await proxy.listen()
    return proxy
  }

  async listen(): Promise<void> {
    const server = createServer((client) => {
      this.taken++
      const node = connect(this.target.port, this.target.address)
      for (const [socket, other] of [
        [client, node],
        [node, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => (this.#sockets.delete(socket), other.destroy()))
        socket.pipe(other)
      }
    })
    await new Promise<void>((resolve) => server.listen(this.path, resolve))
    this.#server = server
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    await rm(this.#directory, { recursive: true })
  }
}

const name = { name: 'text' } as const

describe('a contact point that is a Unix-domain socket', () => {
  const skip = process.platform === 'win32'

  test('leads control connection and pools to the node behind it, which is known by its own address', { skip }, async () => {
    await using fake = await FakeCluster.start()
    fake.when(BY_ID, reply.rows(name, [['Ada']]), { parameters: { id: 'int' } })
    const [node] = fake.nodes
    await using proxy = await SocketProxy.to(node!)
    await using cluster = new Cluster(quick({ contactPoints: [`unix:${proxy.path}`] }))
    const session = await within(cluster.connect())
    assert.deepEqual([...cluster.hosts.keys()], [node!.name])
    assert.equal(cluster.hosts.get(node!.name)!.distance, 'local')
    const result = await within(session.execute(BY_ID, [1]))
    assert.equal(result.one()?.['name'], 'Ada')
    assert.equal(result.info.coordinator?.endpoint, node!.name)
    assert.equal(proxy.taken, node!.connections)
  })

  test('is found again after it was gone', { skip }, async () => {
    await using fake = await FakeCluster.start()
    fake.when(BY_ID, reply.rows(name, [['Ada']]), { parameters: { id: 'int' } })
    const [node] = fake.nodes
    await using proxy = await SocketProxy.to(node!)
    await using cluster = new Cluster(quick({ contactPoints: [`unix:${proxy.path}`] }))
    const session = await within(cluster.connect())
    let restored = 0
    cluster.on('controlConnectionRestored', () => restored++)
    await proxy.close()
    await eventually('the node is down', () => !cluster.hosts.get(node!.name)!.isUp)
    const { taken } = proxy
    await proxy.listen()
    await eventually('all is back', () => restored === 1 && session.metrics.connections.get(node!.name) === 1)
    assert.equal((await within(session.execute(BY_ID, [1]))).one()?.['name'], 'Ada')
    assert.ok(proxy.taken >= taken + 2)
    assert.deepEqual([...cluster.hosts.keys()], [node!.name])
  })

  test('reaches one node; the others are reached by their addresses', { skip }, async () => {
    await using fake = await FakeCluster.start({ nodes: 3 })
    await using proxy = await SocketProxy.to(fake.nodes[1]!)
    await using cluster = new Cluster(quick({ contactPoints: [`unix:${proxy.path}`] }))
    const session = await within(cluster.connect())
    assert.deepEqual([...cluster.hosts.keys()].sort(), fake.nodes.map((node) => node.name).sort())
    await eventually('each has a connection', () => [...session.metrics.connections.values()].every((count) => count === 1))
    assert.equal(proxy.taken, 2)
  })

  test('on which nothing listens is named', { skip }, async () => {
    const path = join(tmpdir(), 'cqlwire-nothing.sock')
    await using cluster = new Cluster(quick({ contactPoints: [`unix:${path}`] }))
    const error = await failure(cluster.connect(), NoHostAvailableError)
    assert.match(error.errors.get(path)!.message, /there is no such socket/)
  })
})

/** One address for all nodes: TLS connections are led on by the name they ask for. */
class NameProxy implements AsyncDisposable {
  readonly ca: string
  readonly #server: tls.Server
  readonly #sockets = new Set<Socket>()
  /** The names that were asked for, in order. */
  readonly names: string[] = []

  private constructor(ca: string, identity: { key: string; cert: string }, routes: ReadonlyMap<string, { address: string; port: number }>) {
    this.ca = ca
    this.#server = tls.createServer(identity, (client) => {
      const name = client.servername || ''
      this.names.push(name)
      const target = routes.get(name)
      if (target === undefined) return client.destroy()
      const node = connect(target.port, target.address)
      for (const [socket, other] of [
        [client, node],
        [node, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => (this.#sockets.delete(socket), other.destroy()))
        socket.pipe(other)
      }
    })
  }

  static async to(routes: ReadonlyMap<string, { address: string; port: number }>): Promise<NameProxy> {
    const directory = await mkdtemp(join(tmpdir(), 'cqlwire-'))
    try {
      const { client, serverFile } = await makeCertificates(directory, ['127.0.0.1'])
      const pem = await readFile(serverFile, 'utf8')
      const proxy = new NameProxy(client.ca, { key: pem, cert: pem }, routes)
      await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
      return proxy
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

describe('a proxy that tells nodes apart by the name that TLS asks for', () => {
  test('leads to each node by the name that the address translator gives it', async () => {
    await using fake = await FakeCluster.start({ nodes: 3 })
    fake.when(BY_ID, reply.rows(name, [['Ada']]), { parameters: { id: 'int' } })
    const idOf = (address: string): string => fake.nodes.find((node) => node.address === address)!.description.hostId
    await using proxy = await NameProxy.to(
      new Map([['localhost', fake.nodes[0]!], ...fake.nodes.map((node) => [`${idOf(node.address)}.nodes`, node] as const)]),
    )
    await using cluster = new Cluster(
      quick({
        contactPoints: [`localhost:${proxy.port}`],
        tls: { ca: proxy.ca, checkServerIdentity: () => undefined },
        addressTranslator: {
          translate: (_address, _port, hostId) => ({ address: '127.0.0.1', port: proxy.port, serverName: `${hostId}.nodes` }),
        },
      }),
    )
    const session = await within(cluster.connect())
    assert.deepEqual([...cluster.hosts.keys()].sort(), fake.nodes.map((node) => node.name).sort())
    await eventually('each node has a connection', () => [...session.metrics.connections.values()].every((count) => count === 1))
    // One for the control connection, and one for each node's pool, the one behind the contact point among them.
    assert.deepEqual(proxy.names.sort(), ['localhost', ...fake.nodes.map((node) => `${node.description.hostId}.nodes`)].sort())
    for (const node of fake.nodes) {
      const { info } = await within(session.execute(BY_ID, [1], { host: cluster.hosts.get(node.name)! }))
      assert.equal(info.coordinator?.endpoint, node.name)
      assert.equal(fake.requests.at(-1)!.node, node.name)
    }
  })

  test('and whose control connection is lost is asked for known nodes by their names', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    const names = fake.nodes.map((node) => `${node.description.hostId}.nodes`)
    await using proxy = await NameProxy.to(
      new Map([['localhost', fake.nodes[0]!], ...fake.nodes.map((node, i) => [names[i]!, node] as const)]),
    )
    await using cluster = new Cluster(
      quick({
        contactPoints: [`localhost:${proxy.port}`],
        tls: { ca: proxy.ca, checkServerIdentity: () => undefined },
        addressTranslator: {
          translate: (_address, _port, hostId) => ({ address: '127.0.0.1', port: proxy.port, serverName: `${hostId}.nodes` }),
        },
      }),
    )
    await within(cluster.connect())
    const hosts = new Map(cluster.hosts)
    const restored = new Promise<void>((resolve) => cluster.once('controlConnectionRestored', resolve))
    await fake.nodes[0]!.stop()
    await within(restored)
    assert.equal(proxy.names.filter((each) => each === names[1]).length, 2)
    assert.deepEqual(new Map(cluster.hosts), hosts)
    for (const [endpoint, host] of hosts) assert.equal(cluster.hosts.get(endpoint), host)
  })
})
