import { InvalidArgumentError, type Command } from 'commander'
import { startCassandra, type EmbeddedCassandra, type EmbeddedCassandraOptions } from 'cqlwire/embedded'
import { announceRunning, findRunning } from '../running-cassandra.js'
import { isDetached, reporterOfThisProcess, startDetached, type Reporter } from '../detached.js'

interface UpFlags {
  readonly nodes?: number
  readonly dc?: readonly string[]
  readonly port?: number
  readonly storagePort?: number
  readonly heap?: string
  readonly directory?: string
  readonly cassandraVersion?: string
  readonly passwordAuth?: true
  readonly tls?: true
  readonly clientAuth?: true
  readonly detach?: true
}

export function addUp(program: Command): void {
  program
    .command('up')
    .description('start a real Apache Cassandra on this machine, until Ctrl-C or `cqlwire down`')
    .option('--nodes <count>', 'how many nodes (default: 1)', wholeNumber)
    .option('--dc <name:count...>', 'data centres and their nodes, e.g. --dc dc1:2 dc2:1')
    .option('--port <port>', 'port of the native protocol (default: 9042)', wholeNumber)
    .option('--storage-port <port>', 'port between the nodes (default: 7000)', wholeNumber)
    .option('--heap <size>', 'the most heap a node may take (default: 1g for one node, 600m for several)')
    .option('--directory <folder>', 'keep data and logs there (default: a temporary folder)')
    .option('--cassandra-version <release>', 'release of Cassandra (default: 5.0.6)')
    .option('--password-auth', 'clients must log in')
    .option('--tls', 'clients must use TLS')
    .option('--client-auth', 'with TLS, clients must show a certificate')
    .option('--detach', 'go on in the background')
    .action(up)
}

async function up(flags: UpFlags): Promise<void> {
  const running = await findRunning()
  if (running !== null) {
    const where = running.contactPoints.map((address) => `${address}:${running.port}`).join(', ')
    throw new Error(`Cassandra is up already: ${where}. \`cqlwire down\` stops it.`)
  }
  if (flags.detach === true && !isDetached()) await startDetached()
  else await hold(flags, reporterOfThisProcess())
}

/** Starts Cassandra and stops it again when a signal, or `cqlwire down`, asks. */
async function hold(flags: UpFlags, reporter: Reporter): Promise<void> {
  const asked = new AbortController()
  // The second time is by somebody who won't wait: the JVMs end with this process.
  const stop = (): void => (asked.signal.aborted ? process.exit(130) : asked.abort())
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop)
  reporter.onOrphaned(stop)
  const cassandra = await startUnlessAborted(flags, reporter, asked.signal)
  if (cassandra === null) return
  const { contactPoints, port, localDataCenter } = cassandra
  try {
    const announced = await announceRunning({ contactPoints, port, localDataCenter }, stop)
    reporter.ready(description(cassandra))
    if (!asked.signal.aborted) await new Promise((resolve) => asked.signal.addEventListener('abort', resolve, { once: true }))
    reporter.progress('stopping')
    await cassandra.stop()
    await announced.end()
  } finally {
    await cassandra.stop()
  }
}

/** Null where a signal came first. */
async function startUnlessAborted(flags: UpFlags, reporter: Reporter, signal: AbortSignal): Promise<EmbeddedCassandra | null> {
  try {
    return await startCassandra({ ...optionsOf(flags), onProgress: reporter.progress, signal })
  } catch (error) {
    if (!signal.aborted) throw error
    reporter.progress('stopped before it was up')
    process.exitCode = 130
    return null
  }
}

function optionsOf(flags: UpFlags): EmbeddedCassandraOptions {
  return {
    ...(flags.nodes === undefined ? {} : { nodes: flags.nodes }),
    ...(flags.dc === undefined ? {} : { datacenters: Object.fromEntries(flags.dc.map(nameAndCount)) }),
    ...(flags.port === undefined ? {} : { port: flags.port }),
    ...(flags.storagePort === undefined ? {} : { storagePort: flags.storagePort }),
    ...(flags.heap === undefined ? {} : { heap: flags.heap }),
    ...(flags.directory === undefined ? {} : { directory: flags.directory }),
    ...(flags.cassandraVersion === undefined ? {} : { version: flags.cassandraVersion }),
    passwordAuthentication: flags.passwordAuth === true,
    tls: flags.clientAuth === true ? { clientAuth: true } : flags.tls === true,
  }
}

function description({ contactPoints, port, localDataCenter, auth, tls, directory }: EmbeddedCassandra): string {
  const lines = [`Cassandra is up: ${contactPoints.map((address) => `${address}:${port}`).join(', ')} (data centre ${localDataCenter})`]
  if (auth !== undefined) lines.push(`  user ${auth.username}, password ${auth.password}`)
  if (tls !== undefined) lines.push(`  TLS: authority ${tls.files.ca}, certificate ${tls.files.cert}, key ${tls.files.key}`)
  lines.push(`  data and logs in ${directory}`)
  lines.push(isDetached() ? '`cqlwire down` stops it.' : 'Ctrl-C stops it, or `cqlwire down` elsewhere.')
  return lines.join('\n')
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It takes a whole number.')
  return Number(text)
}

/** `dc1:2`; without a number, one node. */
function nameAndCount(text: string): [name: string, count: number] {
  const [name = '', count = '1'] = text.split(':')
  return [name, Number(count)]
}
