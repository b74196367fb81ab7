/** Prepares statements: once per text, on one node first, then on the others. */
import { CqlwireError, NoHostAvailableError } from '../base/errors.js'
import { ServerError } from '../base/server-errors.js'
import type { Connection } from '../connection/connection.js'
import type { Host } from '../metadata/host.js'
import { type LoadBalancingPolicy, queryPlanOf, type RoutingRequest } from '../policies/load-balancing.js'
import { compileStatement, isOfTheNode, type PrepareOptions, sendPrepare } from './prepare.js'
import type { PreparedStatement } from './prepared-statement.js'
import { shorten } from './short-text.js'
import type { SessionCore } from './session-core.js'

/** The other nodes are told, too, and waited for so long; one that is slower goes on preparing, or finds out by itself (UNPREPARED). */
const OTHERS_WAIT_MS = 250
/** Statements that a node which came up is told about at once. */
const REPREPARED_AT_ONCE = 10

export class Preparer {
  readonly #core: SessionCore

  constructor(core: SessionCore) {
    this.#core = core
  }

  /** The statement from the cache, or prepared now. */
  prepare(query: string, policy: LoadBalancingPolicy, options: PrepareOptions): Promise<PreparedStatement> {
    const keyspace = options.keyspace ?? this.#core.keyspace
    return this.#core.prepared.getOrPrepare(keyspace, query, () => this.#prepareNow(query, keyspace, policy, options))
  }

  async #prepareNow(
    query: string,
    keyspace: string | null,
    policy: LoadBalancingPolicy,
    options: PrepareOptions,
  ): Promise<PreparedStatement> {
    // A codec may be the caller, in the middle of writing another request: that one is written by the next microtask.
    await Promise.resolve()
    const core = this.#core
    const deadline = performance.now() + options.timeoutMs
    for (;;) {
      const errors = new Map<string, Error>()
      const statement = await this.#tryHosts(query, keyspace, policy, options, errors)
      if (statement !== null) return statement
      if (core.isShutdown) throw core.shutdownError()
      // As with every request: a connection that is being opened right now is waited for.
      if (!core.isConnecting || performance.now() > deadline || [...errors.values()].some((error) => error instanceof ServerError))
        throw noHost(query, errors)
      await core.connectAttempt()
    }
  }

  /** Null where no host could prepare it, with the reasons in `errors`. */
  async #tryHosts(
    query: string,
    keyspace: string | null,
    policy: LoadBalancingPolicy,
    options: PrepareOptions,
    errors: Map<string, Error>,
  ): Promise<PreparedStatement | null> {
    const core = this.#core
    const routing: RoutingRequest & { poolSlot: number } = {
      keyspace,
      table: null,
      replicas: [],
      isLwt: false,
      consistency: 'LOCAL_ONE',
      idempotent: true,
      poolSlot: core.poolSlot,
    }
    const plan = queryPlanOf(policy, routing)
    for (let host = plan.next(); host !== null; host = plan.next()) {
      const connection = this.#connectionTo(host)
      if (connection === null) {
        errors.set(host.endpoint, core.pools.get(host)?.lastError ?? new CqlwireError('there is no connection to it'))
        continue
      }
      try {
        const result = await sendPrepare(connection, query, options)
        if (core.cluster.settings.prepared.onAllHosts) await this.#prepareOnOthers(host, query, options)
        return compileStatement(query, keyspace, result, {
          registry: core.registry,
          metadata: core.cluster.metadata,
          protocolVersion: core.protocolVersion,
        })
      } catch (error) {
        if (!isOfTheNode(error)) throw error
        errors.set(host.endpoint, error as Error)
      }
    }
    return null
  }

  /**
   * Tells a node that came up about the statements of this session's keyspace, so that requests need not find out one by one. A statement
   * that fails is left to them (UNPREPARED).
   */
  async prepareAllOn(host: Host): Promise<void> {
    const core = this.#core
    const statements = [...core.prepared.all()].filter((statement) => statement.keyspace === core.keyspace).values()
    const tellNext = async (): Promise<void> => {
      for (const statement of statements) {
        const connection = core.isShutdown ? null : this.#connectionTo(host)
        if (connection === null) return
        await core.prepareOn(connection, statement).catch(() => {})
      }
    }
    // All workers draw from one iterator: a node that has just started is not flooded.
    await Promise.all(Array.from({ length: REPREPARED_AT_ONCE }, tellNext))
  }

  async #prepareOnOthers(done: Host, query: string, options: PrepareOptions): Promise<void> {
    const others: Promise<unknown>[] = []
    for (const host of this.#core.cluster.metadata.hosts.values()) {
      const connection = host === done ? null : this.#connectionTo(host)
      if (connection === null) continue
      others.push(sendPrepare(connection, query, options).catch(() => {}))
    }
    if (others.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, OTHERS_WAIT_MS)))
    await Promise.race([Promise.all(others), enough])
    clearTimeout(timer)
  }

  #connectionTo(host: Host): Connection | null {
    return this.#core.pools.get(host)?.pickOwn() ?? null
  }
}

function noHost(query: string, errors: ReadonlyMap<string, Error>): NoHostAvailableError {
  const reasons = [...errors].map(([endpoint, error]) => `${endpoint}: ${error.message}`).join('; ')
  return new NoHostAvailableError(
    `No host could prepare ${shorten(query)}: ${reasons === '' ? 'the query plan is empty' : reasons}`,
    errors,
  )
}
