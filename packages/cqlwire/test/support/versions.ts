/** Integration tests stand on each version of the protocol: describe blocks with a cluster, a session and a keyspace that are the file's own. */
import { after, before, describe } from 'node:test'
import { Cluster, type ClusterOptions, type ProtocolVersion, type Session } from '../../src/index.js'
import { sharedCassandra } from './shared-cassandra.js'

export const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5]

/** What the tests of one version share. `cluster` and `session` are there once a block has begun. */
export class Stage {
  readonly version: ProtocolVersion
  readonly keyspace: string
  cluster!: Cluster
  session!: Session
  readonly #options: Partial<ClusterOptions>
  readonly #others: Cluster[] = []
  readonly #keyspaces: string[] = []
  /** What was executed of the blocks' schemas. */
  readonly #schema = new Set<string>()
  #opened: Promise<void> | null = null

  constructor(name: string, version: ProtocolVersion, options: Partial<ClusterOptions>) {
    this.version = version
    this.keyspace = `${name}_v${version}_${process.pid}`
    this.#options = options
  }

  /** Connects, once, and executes what is new in the schema. */
  async open(schema: readonly string[]): Promise<void> {
    this.#opened ??= this.#connect()
    await this.#opened
    for (const statement of schema) {
      if (!this.#schema.has(statement)) await this.session.execute(statement)
      this.#schema.add(statement)
    }
  }

  async #connect(): Promise<void> {
    this.cluster = new Cluster(await this.clusterOptions(this.#options))
    this.session = await this.cluster.connect()
    await this.createKeyspace(this.keyspace)
    await this.session.setKeyspace(this.keyspace)
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
    if (this.#opened === null) return
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

const stages = new Map<string, Stage>()

/** Blocks of one name share the stage, which is closed when the file is through: a keyspace takes longer than most tests. */
function stageOf(name: string, version: ProtocolVersion, options: Partial<ClusterOptions>): Stage {
  const key = `${name} ${version}`
  let stage = stages.get(key)
  if (stage === undefined) {
    const made = new Stage(name, version, options)
    stages.set(key, (stage = made))
    after(() => made.close())
  }
  return stage
}

/**
 * `describe(title)` for each version, with a cluster, a session and a keyspace.
 *
 * @param name of the stage, with which the keyspaces' names begin: letters and underscores
 */
export function onEachVersion(title: string, name: string, options: StageOptions, body: (stage: Stage) => void): void {
  for (const version of options.versions ?? VERSIONS) {
    const stage = stageOf(name, version, options.cluster ?? {})
    describe(`${title} (protocol v${version})`, () => {
      before(() => stage.open(options.schema ?? []))
      body(stage)
    })
  }
}
