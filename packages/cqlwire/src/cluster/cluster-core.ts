/**
 * The engine of a cluster: finds the nodes, keeps what is known of them right, and gives sessions their connections.
 *
 * Everything that happens in the background is tied to one of three lives: the control connection's, a pool set's, or a debouncer's.
 * `shutdown` ends them all.
 */
import { AuthenticationError, CqlwireError, ShutdownError } from '../base/errors.js'
import { showInstead } from '../base/show-instead.js'
import { ProtocolError } from '../base/server-errors.js'
import type { TypedEmitter } from '../base/typed-emitter.js'
import { createCodecRegistry, type UserTypeRegistry } from '../codec/registry.js'
import type { Connection } from '../connection/connection.js'
import type { Endpoint } from '../connection/dial.js'
import type { SystemRow } from '../metadata/host-row.js'
import { Metadata } from '../metadata/metadata.js'
import type { LoadBalancingPolicy } from '../policies/load-balancing.js'
import { type ProtocolVersion, SUPPORTED_VERSIONS } from '../protocol/features.js'
import type { ServerEvent } from '../protocol/register.js'
import type { SchemaChange } from '../protocol/schema-change.js'
import { newSchedule } from './backoff-schedule.js'
import type { ClusterEvents } from './cluster-events.js'
import type { ConnectionFactory } from './connection-factory.js'
import { ContactEndpoints } from './contact-endpoints.js'
import { ControlConnection } from './control-connection.js'
import { Debouncer } from './debouncer.js'
import { negotiate } from './negotiate.js'
import { Nodes } from './nodes.js'
import { Notices } from './notices.js'
import { PoolSet } from './pool-set.js'
import { type ChangeMaker, waitForSchemaAgreement } from './schema-agreement.js'
import { SchemaKeeper } from './schema-keeper.js'
import type { SchemaTargets } from './schema-targets.js'
import type { ClusterSettings } from './settings.js'
import { querySystem, type SystemQueryOptions } from './system-query.js'

export type { ClusterEvents } from './cluster-events.js'

export class ClusterCore {
  static {
    showInstead(this.prototype, ({ protocolVersion, isShutdown }) => ({ protocolVersion, isShutdown }))
  }

  readonly settings: ClusterSettings
  readonly metadata: Metadata
  /** With the user's codecs and number forms. */
  readonly registry: UserTypeRegistry
  /** Told of every change of the schema that a node tells of, as soon as it does. Set by who keeps prepared statements. */
  onSchemaHeard: (change: SchemaChange) => void = () => {}
  readonly #notices: Notices
  readonly #nodes: Nodes
  readonly #schema: SchemaKeeper
  readonly #contacts: ContactEndpoints
  readonly #nodeRefresh: Debouncer
  readonly #query: SystemQueryOptions
  #control: ControlConnection
  #factory: ConnectionFactory | null = null
  #connecting: Promise<void> | null = null
  #shutdown: Promise<void> | null = null

  constructor(settings: ClusterSettings) {
    this.settings = settings
    this.registry = createCodecRegistry(settings)
    this.#notices = new Notices(settings.logger)
    this.#nodes = new Nodes(settings, this.#notices)
    this.metadata = new Metadata(this.#nodes.topology.hosts, this.registry)
    const { routes } = this.#nodes.topology
    this.#contacts = new ContactEndpoints(settings.contactPoints, { routes })
    this.#query = { registry: createCodecRegistry(), timeoutMs: settings.connectTimeoutMs, pageSize: settings.metadata.pageSize }
    this.#control = this.#newControl()
    const { refreshWindowMs, schema } = settings.metadata
    this.#schema = new SchemaKeeper(schema, {
      metadata: this.metadata,
      notices: this.#notices,
      query: this.#query,
      refreshWindowMs,
      ready: () => this.#control.ready(),
      abandon: (connection, error) => this.#control.abandon(connection, error),
    })
    const warn = (error: Error): void => this.warn(`The nodes could not be read again after a change: ${error.message}`)
    this.#nodeRefresh = new Debouncer(refreshWindowMs, () => this.#readNodesAgain(), warn)
  }

  get events(): TypedEmitter<ClusterEvents> {
    return this.#notices.events
  }

  get isShutdown(): boolean {
    return this.#shutdown !== null
  }

  /** The version that was agreed on; before that, the one of the settings, or the highest. */
  get protocolVersion(): ProtocolVersion {
    return this.#factory?.protocolVersion ?? this.settings.protocolVersion ?? SUPPORTED_VERSIONS[0]!
  }

  /** Null until connected, and where neither options nor contact points say it. */
  get localDataCenter(): string | null {
    return this.#nodes.localDataCenter
  }

  /** Tells the user about something that isn't an error; with `once`, only the first time. */
  warn(message: string, once = false): void {
    this.#notices.warn(message, once)
  }

  // --- life

  /**
   * Finds the cluster: negotiates the protocol, reads nodes and schema. Done once; callers share it. Where it fails everything is closed
   * again, and another call tries anew.
   *
   * @throws {NoHostAvailableError} with the cause for each contact point; {AuthenticationError} each of them refuses the credentials;
   * {InvalidOptionError} the local data center; {ShutdownError}
   */
  connect(): Promise<void> {
    if (this.isShutdown) return Promise.reject(shutdownError())
    return (this.#connecting ??= this.#connect())
  }

  async #connect(): Promise<void> {
    try {
      await this.#control.connect()
    } catch (error) {
      this.#control.close()
      this.#connecting = null
      if (!this.isShutdown) this.#control = this.#newControl()
      throw error
    }
  }

  /** Ends everything: no socket, timer or listener is left. Sessions that still have requests in flight see them fail. */
  shutdown(): Promise<void> {
    return (this.#shutdown ??= this.#end())
  }

  async #end(): Promise<void> {
    this.#control.close()
    this.#schema.close()
    this.#nodeRefresh.close()
    await Promise.all([...this.#nodes.poolSets].map((pools) => pools.close()))
    await this.#connecting?.catch(() => {})
    this.#notices.close()
  }

  // --- sessions

  /**
   * Opens the connections of a session.
   *
   * @throws {NoHostAvailableError} no node could be connected to; {InvalidRequestError} there is no such keyspace; {ShutdownError}
   */
  async openPools(keyspace: string | null): Promise<PoolSet> {
    if (this.isShutdown) throw shutdownError()
    const factory = this.#factory
    if (factory === null) throw new CqlwireError('The cluster is not connected: connect() comes before openPools()')
    const { pool, connectTimeoutMs: timeoutMs, requestTimeoutMs } = this.settings
    const { poolSets, status } = this.#nodes
    const pools = new PoolSet(this.#freeSlot(), keyspace, {
      factory,
      timeoutMs,
      connectionsPerHost: pool.connectionsPerHost,
      drainMs: requestTimeoutMs || timeoutMs,
      hosts: () => this.metadata.hosts.values(),
      endpointOf: (host) => this.#contacts.endpointOf(host),
      newBackoff: () => newSchedule(this.settings.reconnection, (message) => this.warn(message, true)),
      onAvailable: (host) => status.connected(host),
      onFailure: (host, error) => {
        const text = `A connection to ${host.endpoint} failed: ${error.message}`
        // These don't mend themselves.
        if (error instanceof AuthenticationError || error instanceof ProtocolError) this.warn(text, true)
        else this.#notices.debug(text)
        status.failed(host, error)
      },
      onClosed: (set) => poolSets.delete(set),
    })
    poolSets.add(pools)
    try {
      await pools.start()
      return pools
    } catch (error) {
      await pools.close()
      throw error
    }
  }

  #freeSlot(): number {
    const taken = new Set([...this.#nodes.poolSets].map((pools) => pools.slot))
    let slot = 0
    while (taken.has(slot)) slot++
    return slot
  }

  /** A load-balancing policy that none of the profiles had at the start. */
  addPolicy(policy: LoadBalancingPolicy): void {
    this.#nodes.addPolicy(policy)
  }

  // --- metadata

  /** Rows of any query, over the control connection, with the built-in codecs: for system tables. */
  async query(text: string): Promise<SystemRow[]> {
    return await querySystem(await this.#control.ready(), text, this.#query)
  }

  /** Reads of the schema again what `want` adds. */
  refreshSchema(want: (targets: SchemaTargets) => void): Promise<void> {
    return this.#schema.refresh(want)
  }

  /** Reads all nodes again. */
  refreshNodes(): Promise<void> {
    return this.#nodeRefresh.flush()
  }

  /** Whether schema metadata are read: at the start and after changes. When it is switched on they are read. */
  async setSchemaEnabled(isEnabled: boolean): Promise<void> {
    const wasEnabled = this.#schema.isEnabled
    this.#schema.isEnabled = isEnabled
    if (isEnabled && !wasEnabled && this.#factory !== null) await this.#schema.refresh((targets) => targets.addEverything())
  }

  /**
   * Resolves with whether all nodes that are up came to one version of the schema within `timeoutMs` (option schemaAgreementTimeoutMs).
   * The `maker` of a change is asked while it stands, in place of the control connection.
   */
  waitForSchemaAgreement(timeoutMs: number = this.settings.schemaAgreementTimeoutMs, maker?: ChangeMaker): Promise<boolean> {
    const control = this.#control
    const { signal } = control
    const context = {
      maker,
      ready: () => control.ready(),
      hosts: () => this.metadata.hosts.values(),
      query: { ...this.#query, signal },
      signal,
    }
    return waitForSchemaAgreement(context, timeoutMs)
  }

  /** A request has changed the schema: waits until the nodes agree, then reads what changed. Resolves with whether they did. */
  async afterSchemaChange(change: SchemaChange, maker?: ChangeMaker): Promise<boolean> {
    const { schemaAgreementTimeoutMs: timeoutMs } = this.settings
    const isAgreed = timeoutMs > 0 && (await this.waitForSchemaAgreement(timeoutMs, maker))
    if (!isAgreed && timeoutMs > 0)
      this.warn(
        `The nodes did not agree on the schema within ${timeoutMs} ms (schemaAgreementTimeoutMs): a request that follows may meet a node without the change`,
      )
    try {
      if (this.#schema.isEnabled) await this.#schema.refresh((targets) => targets.addChange(change))
    } catch (error) {
      if (this.isShutdown) throw error
      // The next control connection reads everything.
      this.warn(`The schema was changed, but ${JSON.stringify(change.keyspace)} could not be read again yet: ${(error as Error).message}`)
    }
    return isAgreed
  }

  // --- the control connection

  #newControl(): ControlConnection {
    const { events } = this.#notices
    return new ControlConnection({
      timeoutMs: this.settings.connectTimeoutMs,
      candidates: () => this.#candidates(),
      open: (endpoint, signal) => this.#open(endpoint, signal),
      prepare: (connection, signal) => this.#prepare(connection, signal),
      onEvent: (event) => this.#onEvent(event),
      newBackoff: () => newSchedule(this.settings.reconnection, (message) => this.warn(message, true)),
      onLost: (error) => {
        this.#notices.info(`The control connection is lost, another is looked for: ${error.message}`)
        events.emit('controlConnectionLost', error)
      },
      onRestored: (connection) => {
        this.#notices.info(`The control connection stands again, on ${connection.name}`)
        events.emit('controlConnectionRestored')
      },
    })
  }

  #candidates(): Promise<readonly Endpoint[]> {
    return this.#factory === null ? this.#contacts.resolve() : this.#contacts.candidates(this.#nodes.all)
  }

  /** The first connection of all finds out the protocol version. */
  async #open(endpoint: Endpoint, signal: AbortSignal): Promise<Connection> {
    if (this.#factory !== null) return await this.#factory.open(endpoint, { signal })
    const { factory, connection } = await negotiate(this.settings, endpoint, signal)
    this.#factory = factory
    const { compression } = this.settings
    if (compression === 'snappy' && factory.protocolVersion >= 5) {
      this.warn(
        "Nothing is compressed: protocol v5, which was negotiated, has no snappy. Take compression: 'lz4', or protocolVersion: 4",
        true,
      )
    }
    return connection
  }

  async #prepare(connection: Connection, signal: AbortSignal): Promise<void> {
    await this.#nodes.refresh(connection, this.metadata, this.#contacts.endpoints, { ...this.#query, signal })
    await this.#schema.load(connection, signal)
  }

  async #readNodesAgain(): Promise<void> {
    const connection = await this.#control.ready()
    try {
      await this.#nodes.refresh(connection, this.metadata, this.#contacts.endpoints, { ...this.#query, signal: this.#control.signal })
    } catch (error) {
      // Another node is asked as part of its becoming the control connection's.
      this.#control.abandon(connection, error as Error)
      throw error
    }
  }

  #onEvent(event: ServerEvent): void {
    if (event.type === 'SCHEMA_CHANGE') {
      this.onSchemaHeard(event)
      return this.#schema.onEvent(event)
    }
    const host = this.#nodes.topology.find(event.address, event.port)
    this.#notices.debug(`Event: ${event.change} of ${event.address}:${event.port}`)
    if (event.type === 'TOPOLOGY_CHANGE' || (host === null && event.change === 'UP')) return this.#nodeRefresh.trigger()
    if (host === null) return
    if (event.change === 'UP') this.#nodes.status.saidUp(host)
    else this.#nodes.status.saidDown(host)
  }
}

function shutdownError(): ShutdownError {
  return new ShutdownError('The cluster is shut down; nothing was done. Make a new one: new Cluster(options)')
}
