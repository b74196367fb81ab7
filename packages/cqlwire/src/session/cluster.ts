/** The door: what a program makes first, and the last thing that it closes. */
import { ShutdownError } from '../base/errors.js'
import { type NotShared, notShared } from '../base/not-shared.js'
import { optional, resolveOptions, string } from '../base/options.js'
import { ClusterCore, type ClusterEvents } from '../cluster/cluster-core.js'
import type { ClusterOptions } from '../cluster/options.js'
import { resolveClusterOptions } from '../cluster/settings.js'
import type { TlsCounts } from '../connection/tls.js'
import type { ExecutionProfileOptions } from '../cluster/request-defaults.js'
import type { Host } from '../metadata/host.js'
import type { Metadata } from '../metadata/metadata.js'
import { PreparedCache } from './prepared-cache.js'
import { Preparer } from './preparer.js'
import type { ExecutionProfile } from './execution-profile.js'
import { DEFAULT_PROFILE, Profiles } from './profiles.js'
import { SchemaWatch } from './schema-watch.js'
import { Session, type SessionMetrics, type SessionOptions } from './session.js'
import { RequestCount, SessionCore } from './session-core.js'
import { checkUserType, codecOfClass, type UserTypeClass } from './user-type-class.js'

const sessionOptions = { executeAs: optional(string({ takes: "a role's name" })) }
const NOT_SHARED: NotShared = notShared('Cluster')

/** What a cluster counts, over all its sessions. */
export interface ClusterMetrics {
  /** Sessions that are open. */
  readonly sessions: number
  /** Requests that were started so far. */
  readonly requests: number
  readonly knownHosts: number
  /** Hosts with a connection for requests. */
  readonly connectedHosts: number
  /** Connections for requests, that of the control connection not among them. */
  readonly openConnections: number
  /** Requests sent and not yet answered. */
  readonly inFlight: number
  /** Requests that wait for room on a connection. */
  readonly queued: number
  /** Statements in the prepared cache. */
  readonly prepared: number
}

/**
 * A cluster as this process sees it: its nodes, their metadata, and the sessions on it.
 *
 *     await using cluster = new Cluster({ contactPoints: ['127.0.0.1'], localDataCenter: 'dc1' })
 *     await using session = await cluster.connect('keyspace')
 *
 * Never share one between processes or threads: each makes its own.
 */
export class Cluster {
  /** @internal */
  readonly notShared: NotShared = NOT_SHARED
  readonly #core: ClusterCore
  readonly #profiles: Profiles
  readonly #prepared: PreparedCache
  readonly #watch = new SchemaWatch()
  readonly #requests = new RequestCount()
  readonly #sessions = new Map<Session, Preparer>()

  /** @throws {InvalidOptionError} an unknown option or a wrong value, by its path. Nothing is connected before `connect()`. */
  constructor(options: ClusterOptions) {
    const settings = resolveClusterOptions(options)
    this.#core = new ClusterCore(settings)
    this.#core.onSchemaHeard = (change) => this.#watch.hear(change)
    this.#core.events.on('controlConnectionLost', () => this.#watch.goDeaf())
    this.#core.events.on('controlConnectionRestored', () => this.#watch.hearAgain())
    if (settings.prepared.reprepareOnUp) this.#core.events.on('hostUp', (host) => this.#prepareAllOn(host))
    this.#profiles = new Profiles(settings.executionProfiles)
    this.#prepared = new PreparedCache(settings.prepared.cacheSize, (capacity) => this.#core.warn(crowded(capacity), true))
  }

  /**
   * Connects, to the cluster first where that has not been done, and opens a session.
   *
   * @param keyspace the keyspace of unqualified tables; as written, without quotes. Default: the option `keyspace`
   * @param options what holds for all of the session's requests
   * @throws {NoHostAvailableError} no contact point could be reached; {AuthenticationError}; {InvalidRequestError} no such keyspace
   */
  async connect(keyspace?: string, options: SessionOptions = {}): Promise<Session> {
    const core = this.#core
    const own = resolveOptions(sessionOptions, options)
    await core.connect()
    const space = keyspace ?? core.settings.keyspace ?? null
    const pools = await core.openPools(space)
    if (core.isShutdown) throw new ShutdownError('The cluster was shut down while it connected')
    const sessionCore = new SessionCore(core, pools, this.#prepared, this.#watch, space, this.#requests)
    const preparer = new Preparer(sessionCore)
    const session = new Session(sessionCore, this.#profiles, preparer, (closed) => this.#sessions.delete(closed), own as SessionOptions)
    this.#sessions.set(session, preparer)
    return session
  }

  /** Nodes, tokens and schema. */
  get metadata(): Metadata {
    return this.#core.metadata
  }

  /** The known nodes by `address:port`. */
  get hosts(): ReadonlyMap<string, Host> {
    return this.#core.metadata.hosts
  }

  get metrics(): ClusterMetrics {
    const sessions = Array.from(this.#sessions.keys(), (session) => session.metrics)
    const sum = (of: (metrics: SessionMetrics) => number): number => sessions.reduce((total, each) => total + of(each), 0)
    const hosts = [...this.hosts.values()]
    return {
      sessions: sessions.length,
      requests: this.#requests.total,
      knownHosts: hosts.length,
      connectedHosts: hosts.filter(({ pool }) => pool !== null && pool.openConnections > 0).length,
      openConnections: hosts.reduce((total, { pool }) => total + (pool?.openConnections ?? 0), 0),
      inFlight: sum(({ inFlight }) => inFlight),
      queued: sum(({ queued }) => queued),
      prepared: this.#prepared.size,
    }
  }

  /**
   * Has values of a user-defined type read as instances of a class, wherever they stand: `new userClass(fields)`, where `fields` is an object
   * of all fields by name. Instances are taken for parameters as any object is. Names are as the server has them. For statements that are
   * prepared from then on: a PreparedStatement that a program already has goes on reading plain objects.
   *
   * @throws {InvalidArgumentError} `userClass` is no class, or the keyspace has no such type
   */
  registerUserType(keyspace: string, name: string, userClass: UserTypeClass): void {
    const codec = codecOfClass(name, userClass)
    checkUserType(this.metadata, keyspace, name)
    this.#core.registry.setUserType(keyspace, name, codec)
    this.#prepared.clear()
  }

  /** The version of the protocol that was agreed on: 5, 4 or 3. Before `connect()`, the option's or the highest. */
  get protocolVersion(): number {
    return this.#core.protocolVersion
  }

  /** What the TLS handshakes of all connections were so far; null without TLS. */
  get tls(): TlsCounts | null {
    const { tls } = this.#core.settings
    return tls === null ? null : { handshakes: tls.handshakes, resumed: tls.resumed }
  }

  get isShutdown(): boolean {
    return this.#core.isShutdown
  }

  /** Adds an execution profile, or replaces one; what it leaves out comes from the default profile. */
  addExecutionProfile(name: string, profile: ExecutionProfileOptions | ExecutionProfile): ExecutionProfile {
    const added = this.#profiles.set(name, profile)
    this.#core.addPolicy(added.loadBalancing)
    return added
  }

  /** The execution profiles by name; `default` is always among them. */
  get profiles(): ReadonlyMap<string, ExecutionProfile> {
    return this.#profiles.all
  }

  /**
   * An execution profile, to derive others from: `cluster.profile('reports').with({ pageSize: 500 })`.
   *
   * @throws {InvalidOptionError} there is none of this name
   */
  profile(name: string = DEFAULT_PROFILE): ExecutionProfile {
    return this.#profiles.named(name)
  }

  /**
   * Reads the whole schema again. It keeps itself right by the events of the nodes; this is for who has no events, or can't wait for them
   * (option `metadata.refreshWindowMs`). Works where `metadata.schema` is off, too.
   */
  refreshSchema(): Promise<void> {
    return this.#core.refreshSchema((targets) => targets.addEverything())
  }

  /** Reads a keyspace and all that it holds again, by its name as the server has it; one that is gone is gone from the metadata too. */
  refreshKeyspace(name: string): Promise<void> {
    return this.#core.refreshSchema((targets) => targets.addKeyspace(name))
  }

  /** Reads a table again, with its indexes and triggers. */
  refreshTable(keyspace: string, name: string): Promise<void> {
    return this.#core.refreshSchema((targets) => targets.addObject(keyspace, 'tables', name))
  }

  refreshMaterializedView(keyspace: string, name: string): Promise<void> {
    return this.refreshTable(keyspace, name)
  }

  /** Reads a user-defined type again; tables and functions know its new fields then. */
  refreshUserType(keyspace: string, name: string): Promise<void> {
    return this.#core.refreshSchema((targets) => targets.addObject(keyspace, 'types', name))
  }

  /** Reads the functions of a name again, whatever arguments they take. */
  refreshFunction(keyspace: string, name: string): Promise<void> {
    return this.#core.refreshSchema((targets) => targets.addObject(keyspace, 'functions', name))
  }

  /** Reads the aggregates of a name again, whatever arguments they take. */
  refreshAggregate(keyspace: string, name: string): Promise<void> {
    return this.#core.refreshSchema((targets) => targets.addObject(keyspace, 'aggregates', name))
  }

  /**
   * Switches the keeping of schema metadata on or off (option `metadata.schema`). Switched on, it resolves when all has been read; switched
   * off, what is known stays, and grows old.
   */
  setMetadataEnabled(isEnabled: boolean): Promise<void> {
    return this.#core.setSchemaEnabled(isEnabled)
  }

  /** Resolves with whether all nodes that are up have the same schema, waiting `timeoutMs` at most. */
  waitForSchemaAgreement(timeoutMs?: number): Promise<boolean> {
    return this.#core.waitForSchemaAgreement(timeoutMs)
  }

  on<K extends keyof ClusterEvents>(event: K, listener: (...args: ClusterEvents[K]) => unknown): this {
    this.#core.events.on(event, listener)
    return this
  }

  once<K extends keyof ClusterEvents>(event: K, listener: (...args: ClusterEvents[K]) => unknown): this {
    this.#core.events.once(event, listener)
    return this
  }

  off<K extends keyof ClusterEvents>(event: K, listener: (...args: ClusterEvents[K]) => unknown): this {
    this.#core.events.off(event, listener)
    return this
  }

  /** Closes every session and connection. Nothing of the driver keeps the process alive afterwards. */
  async shutdown(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((session) => session.shutdown()))
    await this.#core.shutdown()
  }

  async #prepareAllOn(host: Host): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((preparer) => preparer.prepareAllOn(host)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }
}

function crowded(capacity: number): string {
  return `More than ${capacity} statements were prepared, and the least recently used ones are forgotten (prepared.cacheSize). Are values written into the texts instead of given as parameters?`
}
