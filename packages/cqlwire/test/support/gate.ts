/** A door between the driver and a node: what goes through is counted, and can be held back. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { ClusterOptions } from '../../src/index.js'
import { sharedCassandra } from './shared-cassandra.js'

export class Gate {
  /** Bytes that came from the driver. */
  sent = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #fromNode = new Set<Socket>()
  #held = false

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#server = createServer((client) => {
      const node = connect(target)
      this.#fromNode.add(node)
      for (const [socket, other] of [
        [client, node],
        [node, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          this.#fromNode.delete(socket)
          other.destroy()
        })
      }
      client.on('data', (bytes) => {
        this.sent += bytes.length
        node.write(bytes)
      })
      node.on('data', (bytes) => void client.write(bytes))
      if (this.#held) node.pause()
    })
  }

  /** One in front of the shared node. */
  static async open(): Promise<Gate> {
    const { contactPoints, port } = await sharedCassandra()
    const gate = new Gate({ host: contactPoints[0]!, port })
    gate.#server.listen(0, '127.0.0.1')
    await once(gate.#server, 'listening')
    return gate
  }

  /** What leads a cluster through this door, for all its connections. */
  get options(): Pick<ClusterOptions, 'contactPoints' | 'addressTranslator'> {
    const { address, port } = this.#server.address() as AddressInfo
    return { contactPoints: [`${address}:${port}`], addressTranslator: { translate: () => ({ address, port }) } }
  }

  /** Requests reach the node, its answers wait here. */
  hold(): void {
    this.#held = true
    for (const socket of this.#fromNode) socket.pause()
  }

  release(): void {
    this.#held = false
    for (const socket of this.#fromNode) socket.resume()
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }
}
