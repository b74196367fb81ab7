/** Integration tests stand on each version of the protocol: a describe block with a cluster, a session and a keyspace of its own. */
import { after, before, describe } from 'node:test'
import { Cluster, type ClusterOptions, type ProtocolVersion, type Session } from '../../src/index.js'
import { sharedCassandra } from './shared-cassandra.js'

export const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5]

/** What the tests of one version share. `cluster` and `session` are there once the block has begun. */
export class Stage {
  readonly version: ProtocolVersion
  readonly keyspace: string
  cluster!: Cluster
  session!: Session
  readonly #options: Partial<ClusterOptions>
  readonly #others: Cluster[] = []
  readonly #keyspaces: string[] = []

  constructor(name: string, version: ProtocolVersion, options: Partial<ClusterOptions>) {
    this.version = version
    this.keyspace = `${name}_v${version}_${process.pid}`
    this.#options = options
  }

  async open(schema: readonly string[]): Promise<void> {
    this.cluster = new Cluster(await this.clusterOptions(this.#options))
    this.session = await this.cluster.connect()
    await this.createKeyspace(this.keyspace)
    await this.session.setKeyspace(this.keyspace)
    for (const statement of schema) await this.session.execute(statement)
  }

  /** Dropped at the end. */
  async createKeyspace(name: string): Promise<void> {
    this.#keyspaces.push(name)
    await this.session.execute(`CREATE KEYSPACE ${name} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
  }

  /** Options that lead to the shared node at this version. */
  async clusterOptions(more: Partial<ClusterOptions> = {}): Promise<ClusterOptions> {
    const { contactPoints, port, localDataCenter } = await sharedCassandra()
    return { contactPoints, port, localDataCenter, protocolVersion: this.version, ...more }
  }

  /** A session of another cluster object, as another process would have it; closed at the end. */
  async another(more: Partial<ClusterOptions> = {}): Promise<Session> {
    const cluster = new Cluster(await this.clusterOptions(more))
    this.#others.push(cluster)
    return await cluster.connect(this.keyspace)
  }

  async close(): Promise<void> {
    try {
      for (const name of this.#keyspaces) await this.session.execute(`DROP KEYSPACE IF EXISTS ${name}`)
    } finally {
      await Promise.all([this.cluster, ...this.#others].map((cluster) => cluster?.shutdown()))
    }
  }
}

export interface StageOptions {
  /** Of the version's cluster, besides where it is. */
  readonly cluster?: Partial<ClusterOptions>
  /** Executed in the fresh keyspace. */
  readonly schema?: readonly string[]
  readonly versions?: readonly ProtocolVersion[]
}

/**
 * `describe(title)` for each version, with a cluster, a session and a keyspace.
 *
 * @param name begins the keyspaces' names: letters and underscores
 */
export function onEachVersion(title: string, name: string, options: StageOptions, body: (stage: Stage) => void): void {
  for (const version of options.versions ?? VERSIONS) {
    describe(`${title} (protocol v${version})`, () => {
      const stage = new Stage(name, version, options.cluster ?? {})
      before(() => stage.open(options.schema ?? []))
      after(() => stage.close())
      body(stage)
    })
  }
}
