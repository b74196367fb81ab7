import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheDirectory } from './cache-directory.js'
import type { EmbeddedAuth, EmbeddedCassandra } from './embedded-cassandra.js'
import { EmbeddedCassandraError } from './embedded-error.js'
import { encryptionOptions, makeCertificates, type ClusterCertificates, type EmbeddedTls } from './certificates.js'
import { Guardian } from './guardian.js'
import { findJava } from './java.js'
import { waitUntilJoined, waitUntilSeen } from './joined.js'
import { argumentFile, jvmArguments } from './jvm-flags.js'
import { resolveJars } from './maven.js'
import { assertEnoughMemory } from './memory.js'
import { writeNodeConfig } from './node-config.js'
import { ManagedNode } from './node.js'
import type { NodePlace, ResolvedEmbeddedOptions } from './options.js'
import { assertPortFree, findFreePort } from './ports.js'

/** What runs a node: found on the machine, or given by a test. */
export interface Runtime {
  /** The program `java`. */
  readonly java: string
  readonly jars: readonly string[]
}

type Progress = (line: string) => void

/** Starts a cluster from checked options. Where it fails, whatever was started has ended. */
export async function launch(options: ResolvedEmbeddedOptions, progress: Progress, given?: Runtime): Promise<EmbeddedCassandra> {
  options.signal?.throwIfAborted()
  if (process.platform === 'win32') {
    throw new EmbeddedCassandraError('Cassandra runs on Linux and macOS; on Windows, use this within WSL.', { code: 'ERR_PLATFORM' })
  }
  const runtime = given ?? (await findRuntime(options, progress))
  assertEnoughMemory(options.places.length, options.heap)
  const ports = await choosePorts(options)
  const directory = await makeDirectory(options.directory)
  const cluster = new ManagedCassandra({ ...options, ...ports }, directory, runtime)
  try {
    await cluster.start(progress)
  } catch (error) {
    await cluster.end('killed')
    throw error
  }
  return cluster
}

async function findRuntime({ version, signal }: ResolvedEmbeddedOptions, progress: Progress): Promise<Runtime> {
  const java = await findJava(process.env, signal)
  const jars = await resolveJars({ version, cache: cacheDirectory(), onProgress: progress, signal })
  return { java: java.command, jars }
}

async function choosePorts(options: ResolvedEmbeddedOptions): Promise<{ port: number; storagePort: number }> {
  const addresses = options.places.map((place) => place.address)
  const port = options.port === 0 ? await findFreePort(addresses) : options.port
  let storagePort = options.storagePort
  while (storagePort === 0 || storagePort === port) storagePort = await findFreePort(addresses)
  for (const address of addresses) {
    await assertPortFree(address, port, 'port')
    await assertPortFree(address, storagePort, 'storagePort')
  }
  return { port, storagePort }
}

async function makeDirectory(given: string | null): Promise<string> {
  if (given === null) return await mkdtemp(join(tmpdir(), 'cqlwire-cassandra-'))
  await mkdir(given, { recursive: true })
  return given
}

class ManagedCassandra implements EmbeddedCassandra {
  readonly contactPoints: readonly string[]
  readonly port: number
  readonly localDataCenter: string
  readonly directory: string
  readonly auth?: EmbeddedAuth
  tls?: EmbeddedTls
  nodes: readonly ManagedNode[] = []
  readonly #options: ResolvedEmbeddedOptions
  readonly #runtime: Runtime
  readonly #guardian: Guardian

  constructor(options: ResolvedEmbeddedOptions, directory: string, runtime: Runtime) {
    this.#options = options
    this.#runtime = runtime
    this.#guardian = new Guardian(options.directory === null ? directory : null)
    this.directory = directory
    this.contactPoints = options.places.map((place) => place.address)
    this.port = options.port
    this.localDataCenter = options.places[0]?.dataCenter ?? 'dc1'
    if (options.passwordAuthentication) this.auth = { username: 'cassandra', password: 'cassandra' }
  }

  async start(progress: Progress): Promise<void> {
    const { places, signal, startTimeoutMs, tls } = this.#options
    const certificates = tls === null ? null : await makeCertificates(join(this.directory, 'tls'), this.contactPoints)
    if (certificates !== null) this.tls = certificates.client
    this.nodes = await Promise.all(places.map((place, i) => this.#makeNode(place, i, certificates)))
    for (const [i, node] of this.nodes.entries()) {
      const began = Date.now()
      const title = `node ${i + 1} of ${places.length}`
      progress(`starting ${title} on ${node.address}:${node.port} (${node.dataCenter}, ${node.rack})`)
      await node.startAlone(signal)
      progress(`${title} answers CQL after ${((Date.now() - began) / 1000).toFixed(1)} s`)
    }
    await waitUntilJoined(this.nodes, startTimeoutMs, signal)
  }

  async stop(): Promise<void> {
    await this.end(this.#options.directory === null ? 'killed' : 'in order')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async end(how: 'killed' | 'in order'): Promise<void> {
    await Promise.all(this.nodes.map((node) => (how === 'killed' ? node.kill() : node.stop())))
    this.#guardian.dismiss()
    if (this.#options.directory === null) await rm(this.directory, { recursive: true, force: true, maxRetries: 3 })
  }

  async #makeNode(place: NodePlace, index: number, certificates: ClusterCertificates | null): Promise<ManagedNode> {
    const { places, port, storagePort, tls, heap, tuning, jvmOptions, startTimeoutMs } = this.#options
    const files = await writeNodeConfig({
      ...this.#options,
      ...place,
      directory: join(this.directory, `node${index + 1}`),
      seed: places[0]?.address ?? place.address,
      encryption: certificates === null ? null : encryptionOptions(certificates, tls?.clientAuth === true),
    })
    const argsFile = join(files.directory, 'java.args')
    const settings = { heap, tuning, nodes: places.length, extra: jvmOptions }
    await writeFile(argsFile, argumentFile(jvmArguments(files, this.#runtime.jars, settings)))
    const client =
      certificates === null ? null : { ca: certificates.client.ca, cert: certificates.client.cert, key: certificates.client.key }
    const plan = {
      ...place,
      port,
      storagePort,
      startTimeoutMs,
      command: [this.#runtime.java, `@${argsFile}`],
      directory: files.directory,
      log: files.log,
      seen: (): Promise<void> => waitUntilSeen(this.nodes, startTimeoutMs),
      target: { address: place.address, port, auth: this.auth ?? null, tls: client, timeoutMs: 2000 },
    }
    return new ManagedNode(plan, this.#guardian)
  }
}
