import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AbortError } from '../base/errors.js'
import { cacheDirectory } from './cache-directory.js'
import { Guardian } from './guardian.js'
import { findJava } from './java.js'
import { argumentFile, jvmArguments } from './jvm-flags.js'
import { resolveJars } from './maven.js'
import { assertEnoughMemory } from './memory.js'
import { ManagedNode, type EmbeddedNode } from './node.js'
import { writeNodeConfig } from './node-config.js'
import type { EmbeddedCassandraOptions, NodePlace, ResolvedEmbeddedOptions } from './options.js'
import { assertPortFree } from './ports.js'
import { defaultProgress } from './progress.js'
import { waitUntilJoined } from './joined.js'
import { resolveEmbeddedOptions } from './resolve-options.js'

/** The name and the password of a client's login. */
export interface EmbeddedAuth {
  readonly username: string
  readonly password: string
}

/** A running Apache Cassandra. `await using` stops it at the end of the block. */
export interface EmbeddedCassandra extends AsyncDisposable {
  /** The nodes' addresses, as a driver takes them. */
  readonly contactPoints: readonly string[]
  readonly port: number
  /** The first node's data centre. */
  readonly localDataCenter: string
  readonly nodes: readonly EmbeddedNode[]
  /** What a client logs in with, where `passwordAuthentication` is on. */
  readonly auth?: EmbeddedAuth
  /** Where data and logs stand. */
  readonly directory: string
  /** Ends every node. A temporary folder is removed (so the nodes are killed); a given one is kept (so they stop in order). */
  stop(): Promise<void>
}

/**
 * Starts an Apache Cassandra, one node or a cluster, and resolves when every node answers CQL and knows the others.
 * The JVMs end with this process, however that ends; nothing keeps this process alive but the start itself.
 * @throws {InvalidOptionError} before anything is done
 * @throws {EmbeddedCassandraError} Java or Maven is missing, a port is taken, memory is short, a node died or did not answer; nothing runs on
 * @throws {AbortError} `signal` was aborted; nothing runs on
 */
export async function startCassandra(options: EmbeddedCassandraOptions = {}): Promise<EmbeddedCassandra> {
  const resolved = resolveEmbeddedOptions(options)
  const progress = resolved.onProgress ?? defaultProgress()
  try {
    const cluster = new ManagedCassandra(resolved, progress)
    await cluster.start()
    return cluster
  } catch (error) {
    throw resolved.signal?.aborted === true
      ? new AbortError('The start of Cassandra was aborted by its signal', { cause: resolved.signal.reason })
      : error
  }
}

class ManagedCassandra implements EmbeddedCassandra {
  readonly contactPoints: readonly string[]
  readonly port: number
  readonly localDataCenter: string
  readonly auth?: EmbeddedAuth
  directory = ''
  nodes: readonly ManagedNode[] = []
  readonly #options: ResolvedEmbeddedOptions
  readonly #progress: (line: string) => void
  #guardian: Guardian | null = null

  constructor(options: ResolvedEmbeddedOptions, progress: (line: string) => void) {
    this.#options = options
    this.#progress = progress
    this.contactPoints = options.places.map((place) => place.address)
    this.port = options.port
    this.localDataCenter = options.places[0]?.dataCenter ?? 'dc1'
    if (options.passwordAuthentication) this.auth = { username: 'cassandra', password: 'cassandra' }
  }

  async start(): Promise<void> {
    const { signal } = this.#options
    signal?.throwIfAborted()
    const java = await findJava(process.env, signal)
    const jars = await resolveJars({ version: this.#options.version, cache: cacheDirectory(), onProgress: this.#progress, signal })
    await this.#assertRoom()
    this.directory = await this.#makeDirectory()
    this.#guardian = new Guardian(this.#options.directory === null ? this.directory : null)
    try {
      const guardian = this.#guardian
      this.nodes = await Promise.all(this.#options.places.map((place, i) => this.#makeNode(place, i, java.command, jars, guardian)))
      await this.#startNodes()
    } catch (error) {
      await this.#end(true)
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#end(this.#options.directory === null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #assertRoom(): Promise<void> {
    const { places, heap, port, storagePort } = this.#options
    assertEnoughMemory(places.length, heap)
    for (const { address } of places) {
      await assertPortFree(address, port, 'port')
      await assertPortFree(address, storagePort, 'storagePort')
    }
  }

  async #makeDirectory(): Promise<string> {
    const given = this.#options.directory
    if (given === null) return await mkdtemp(join(tmpdir(), 'cqlwire-cassandra-'))
    await mkdir(given, { recursive: true })
    return given
  }

  async #makeNode(place: NodePlace, index: number, java: string, jars: readonly string[], guardian: Guardian): Promise<ManagedNode> {
    const { port, storagePort, places, startTimeoutMs } = this.#options
    const files = await writeNodeConfig({
      directory: join(this.directory, `node${index + 1}`),
      clusterName: 'cqlwire',
      ...place,
      port,
      storagePort,
      numTokens: this.#options.numTokens,
      seed: places[0]?.address ?? place.address,
      passwordAuthentication: this.#options.passwordAuthentication,
      encryption: null,
      config: this.#options.config,
    })
    const args = join(files.directory, 'java.args')
    await writeFile(args, argumentFile(jvmArguments(files, jars, this.#options.heap, this.#options.jvmOptions)))
    const target = { address: place.address, port, auth: this.auth ?? null, tls: null, timeoutMs: 2000 }
    const plan = {
      ...place,
      port,
      storagePort,
      command: [java, `@${args}`],
      directory: files.directory,
      log: files.log,
      target,
      startTimeoutMs,
    }
    return new ManagedNode(plan, guardian)
  }

  async #startNodes(): Promise<void> {
    const count = this.nodes.length
    for (const [i, node] of this.nodes.entries()) {
      const began = Date.now()
      this.#progress(`starting node ${i + 1} of ${count} on ${node.address}:${node.port} (${node.dataCenter}, ${node.rack})`)
      await node.start(this.#options.signal)
      this.#progress(`node ${i + 1} of ${count} answers CQL after ${((Date.now() - began) / 1000).toFixed(1)} s`)
    }
    await waitUntilJoined(this.nodes, this.#options.startTimeoutMs, this.#options.signal)
  }

  async #end(atOnce: boolean): Promise<void> {
    await Promise.all(this.nodes.map((node) => (atOnce ? node.kill() : node.stop())))
    this.#guardian?.dismiss()
    this.#guardian = null
    if (this.#options.directory === null && this.directory !== '') await rm(this.directory, { recursive: true, force: true, maxRetries: 3 })
  }
}
