/** One node of a fake cluster: a listening socket on a loopback address, its connections, and the statements it has prepared. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { ServerEvent } from '../protocol/register.js'
import { FakeConnection } from './fake-connection.js'
import type { FakeRequest } from './fake-request.js'
import { PreparedBook } from './prepared-book.js'
import type { Rule } from './rules.js'
import type { ClusterDescription, NodeDescription } from './system-tables.js'

/** What a node asks its cluster. */
export interface NodeContext {
  readonly description: ClusterDescription
  readonly credentials: { readonly username: string; readonly password: string } | null
  arrived(request: FakeRequest): Rule | null
  describe(query: string): Rule | null
}

export class FakeNode {
  readonly description: NodeDescription
  readonly #context: NodeContext
  readonly #prepared = new PreparedBook()
  readonly #connections = new Set<FakeConnection>()
  #server: Server | null = null
  #accepted = 0

  constructor(description: NodeDescription, context: NodeContext) {
    this.description = description
    this.#context = context
  }

  get address(): string {
    return this.description.address
  }

  get port(): number {
    return this.description.port
  }

  get hostId(): string {
    return this.description.hostId
  }

  /** `address:port` */
  get name(): string {
    return `${this.address}:${this.port}`
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size
  }

  /** Listens again after `stop`. */
  async start(): Promise<void> {
    if (this.#server !== null) return
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
    server.listen(this.port, this.address)
    await once(server, 'listening')
    this.#server = server
  }

  /** Takes no connections any more and cuts those that there are. What was prepared is forgotten, as with a restart. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    const closed = once(server, 'close')
    server.close()
    this.disconnectAll()
    await closed
    this.forgetPrepared()
  }

  /** Cuts every connection; new ones are taken. */
  disconnectAll(): void {
    for (const connection of this.#connections) connection.destroy()
  }

  /** The node no longer knows any prepared statement: EXECUTE is answered with UNPREPARED until it is prepared again. */
  forgetPrepared(): void {
    this.#prepared.forgetAll()
  }

  /** Sends an event to every connection that registered for its type. */
  pushEvent(event: ServerEvent): void {
    for (const connection of this.#connections) connection.pushEvent(event)
  }

  #accept(socket: Socket): void {
    const connection = new FakeConnection(socket, ++this.#accepted, {
      name: this.name,
      self: this.description,
      cluster: this.#context.description,
      prepared: this.#prepared,
      credentials: this.#context.credentials,
      arrived: (request) => this.#context.arrived(request),
      describe: (query) => this.#context.describe(query),
      closed: (gone) => this.#connections.delete(gone),
    })
    this.#connections.add(connection)
  }
}
