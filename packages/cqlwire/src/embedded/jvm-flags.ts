import { pathToFileURL } from 'node:url'

/** Where a node's files stand. */
export interface NodeFiles {
  /** The node's own folder: data, commit log, configuration, log. */
  readonly directory: string
  readonly yaml: string
  readonly rackdc: string
  readonly logback: string
  /** What the JVM writes to its standard output and error: Cassandra's whole log. */
  readonly log: string
}

const exportsToAll = [
  'java.base/jdk.internal.misc',
  'java.base/java.lang.ref',
  'java.base/java.lang.reflect',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'jdk.unsupported/sun.misc',
]

const opensToAll = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'java.rmi/sun.rmi.transport.tcp',
  'jdk.management/com.sun.management.internal',
]

/**
 * Properties that take waiting out of a start and a stop. A small cluster on one machine has no ring to settle; the row overhead of
 * a memtable, which Cassandra measures for two seconds at each start, is 180 bytes on every 64-bit JVM with compressed pointers.
 */
const quickProperties = {
  'cassandra.ring_delay_ms': '100',
  'cassandra.skip_wait_for_gossip_to_settle': '0',
  'cassandra.shutdown_announce_in_ms': '100',
  'cassandra.memtable.row_overhead_size': '180',
}

/** What the JVM of a node is started with. */
export interface JvmSettings {
  /** MiB. */
  readonly heap: number
  readonly tuning: 'start' | 'throughput'
  /** How many nodes the cluster has. */
  readonly nodes: number
  /** Flags that come last, so that they win. */
  readonly extra: readonly string[]
}

/**
 * Where passwords stand. The default superuser is read at QUORUM: with one replica each login would fail while that node is down, so three
 * nodes or more hold three. Then the second node must be up before the superuser can be made; until then Cassandra tries at each delay.
 */
function authProperties(nodes: number): Record<string, string> {
  return nodes < 3
    ? { 'cassandra.superuser_setup_delay_ms': '0' }
    : { 'cassandra.superuser_setup_delay_ms': '500', 'cassandra.system_auth.default_rf': '3' }
}

/** The arguments of `java` for one node. */
export function jvmArguments(files: NodeFiles, jars: readonly string[], { heap, tuning, nodes, extra }: JvmSettings): string[] {
  const properties = {
    'cassandra.config': pathToFileURL(files.yaml).href,
    'cassandra-rackdc.properties': pathToFileURL(files.rackdc).href,
    'logback.configurationFile': pathToFileURL(files.logback).href,
    'cassandra.storagedir': files.directory,
    'cassandra.logdir': files.directory,
    'cassandra-foreground': 'yes',
    'java.net.preferIPv4Stack': 'true',
    'jdk.attach.allowAttachSelf': 'true',
    'java.io.tmpdir': files.directory,
    ...quickProperties,
    ...authProperties(nodes),
  }
  return [
    ...memoryFlags(heap),
    ...(tuning === 'start' ? ['-XX:TieredStopAtLevel=1'] : []),
    ...exportsToAll.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
    ...opensToAll.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    ...extra,
    '-cp',
    jars.join(':'),
    'org.apache.cassandra.service.CassandraDaemon',
  ]
}

/**
 * The serial collector, and for a quick start the first compiler alone: 2.7 s and 3.4 s of CPU until CQL answers, against 3.5 s and 6.1 s
 * with both compilers (2 cores). The heap starts at a quarter of a GiB: Cassandra locks what it starts with into memory.
 */
function memoryFlags(heap: number): string[] {
  return [`-Xms${Math.min(heap, 256)}m`, `-Xmx${heap}m`, '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError']
}

/** The text of a file that `java @file` reads: an argument a line, quoted. */
export function argumentFile(args: readonly string[]): string {
  return args.map((arg) => `"${arg.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"\n`).join('')
}
