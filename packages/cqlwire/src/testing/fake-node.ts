/** One node of a fake cluster: a listening socket on a loopback address, its connections, and the statements it has prepared. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TlsOptions } from 'node:tls'
import { InvalidArgumentError } from '../base/errors.js'
import { endpointText } from '../metadata/host.js'
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
  readonly tls: TlsOptions | null
  arrived(request: FakeRequest): Rule | null
  describe(query: string): Rule | null
  /** The node is known by another description from now on. */
  describedAs(description: NodeDescription): void
  /** Has the other nodes send the event. */
  announce(from: FakeNode, event: ServerEvent): void
}

export interface AnnounceOptions {
  /** The other nodes tell the clients that registered for it, by an event; false by default: clients find out by themselves. */
  readonly announce?: boolean
}

export class FakeNode {
  #description: NodeDescription
  readonly #context: NodeContext
  readonly #prepared = new PreparedBook()
  readonly #connections = new Set<FakeConnection>()
  #server: Server | null = null
  #accepted = 0
  #isReading = true

  constructor(description: NodeDescription, context: NodeContext) {
    this.#description = description
    this.#context = context
  }

  /** What the system tables say of it. */
  get description(): NodeDescription {
    return this.#description
  }

  get address(): string {
    return this.#description.address
  }

  get port(): number {
    return this.#description.port
  }

  get hostId(): string {
    return this.#description.hostId
  }

  /** `address:port` */
  get name(): string {
    return endpointText(this.address, this.port)
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size
  }

  /** Connections that were taken since the beginning. */
  get accepted(): number {
    return this.#accepted
  }

  /** Whether new connections are taken. */
  get isListening(): boolean {
    return this.#server !== null
  }

  /** Listens again after `stop` or `refuse`. */
  async start({ announce = false }: AnnounceOptions = {}): Promise<void> {
    if (this.#server !== null) return
    const accept = (socket: Socket): void => this.#accept(socket)
    const { tls } = this.#context
    const server = tls === null ? createServer({ noDelay: true }, accept) : createTlsServer(tls, accept)
    // A client that gives up during TLS's handshake is no trouble of ours.
    server.on('tlsClientError', () => {})
    server.listen(this.port, this.address)
    await once(server, 'listening')
    this.#server = server
    if (announce) this.#announceStatus('UP')
  }

  /** Takes no connections any more and cuts those that there are. What was prepared is forgotten, as with a restart. */
  async stop({ announce = false }: AnnounceOptions = {}): Promise<void> {
    const server = this.#server
    this.#server = null
    const closed = server === null ? null : once(server, 'close')
    server?.close()
    this.disconnectAll()
    await closed
    this.forgetPrepared()
    if (announce) this.#announceStatus('DOWN')
  }

  /** New connections are refused (ECONNREFUSED), those that there are stay, until `start()`. */
  refuse(): void {
    this.#server?.close()
    this.#server = null
  }

  /**
   * It comes back under another address or port, or both: stopped, described otherwise by the system tables, and started where it was running.
   * Its host id stays.
   */
  async moveTo({ address = this.address, port = this.port }: { readonly address?: string; readonly port?: number }): Promise<void> {
    if (!/^127(\.\d{1,3}){3}$/.test(address) || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw new InvalidArgumentError(`A fake node moves to an address 127.x.y.z and a port from 1 to 65535, got ${address} and ${port}`)
    const wasListening = this.isListening
    await this.stop()
    this.#description = { ...this.#description, address, port }
    this.#context.describedAs(this.#description)
    if (wasListening) await this.start()
  }

  /** Cuts every connection; new ones are taken. */
  disconnectAll(how: 'end' | 'reset' = 'end'): void {
    for (const connection of this.#connections) connection.destroy(how)
  }

  /** Reads nothing any more, of present connections and of new ones, as a process that hangs. Answers that are due are sent. */
  stopReading(): void {
    this.#isReading = false
    for (const connection of this.#connections) connection.stopReading()
  }

  /** Takes back `stopReading()` and `reply.stopReading()`. */
  resumeReading(): void {
    this.#isReading = true
    for (const connection of this.#connections) connection.resumeReading()
  }

  /** The node no longer knows any prepared statement: EXECUTE is answered with UNPREPARED until it is prepared again. */
  forgetPrepared(): void {
    this.#prepared.forgetAll()
  }

  /** Sends an event to every connection that registered for its type. */
  pushEvent(event: ServerEvent): void {
    for (const connection of this.#connections) connection.pushEvent(event)
  }

  #announceStatus(change: 'UP' | 'DOWN'): void {
    this.#context.announce(this, { type: 'STATUS_CHANGE', change, address: this.address, port: this.port })
  }

  #accept(socket: Socket): void {
    const connection = new FakeConnection(socket, ++this.#accepted, {
      name: this.name,
      self: this.#description,
      cluster: this.#context.description,
      prepared: this.#prepared,
      credentials: this.#context.credentials,
      arrived: (request) => this.#context.arrived(request),
      describe: (query) => this.#context.describe(query),
      closed: (gone) => this.#connections.delete(gone),
    })
    this.#connections.add(connection)
    if (!this.#isReading) connection.stopReading()
  }
}
