import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeFiles } from './jvm-flags.js'

/** What one node's configuration is made from. */
export interface NodeSettings {
  readonly directory: string
  readonly address: string
  readonly port: number
  readonly storagePort: number
  readonly numTokens: number
  readonly seed: string
  readonly dataCenter: string
  readonly rack: string
  readonly tuning: 'start' | 'throughput'
  readonly passwordAuthentication: boolean
  /** `client_encryption_options`, where TLS is on. */
  readonly encryption: Readonly<Record<string, unknown>> | null
  /** Keys of cassandra.yaml that win over those made here. */
  readonly config: Readonly<Record<string, unknown>>
}

/** Writes cassandra.yaml and its companions into the node's folder. JSON is YAML, so JSON is what is written. */
export async function writeNodeConfig(settings: NodeSettings): Promise<NodeFiles> {
  const { directory } = settings
  const files: NodeFiles = {
    directory,
    yaml: join(directory, 'cassandra.yaml'),
    rackdc: join(directory, 'cassandra-rackdc.properties'),
    logback: join(directory, 'logback.xml'),
    log: join(directory, 'system.log'),
  }
  await mkdir(directory, { recursive: true })
  await writeFile(files.yaml, JSON.stringify(cassandraYaml(settings), null, 2) + '\n')
  await writeFile(files.rackdc, `dc=${settings.dataCenter}\nrack=${settings.rack}\n`)
  await writeFile(files.logback, logback)
  return files
}

function cassandraYaml(settings: NodeSettings): Record<string, unknown> {
  const { directory } = settings
  return {
    cluster_name: 'cqlwire',
    num_tokens: settings.numTokens,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    data_file_directories: [join(directory, 'data')],
    commitlog_directory: join(directory, 'commitlog'),
    hints_directory: join(directory, 'hints'),
    saved_caches_directory: join(directory, 'saved_caches'),
    cdc_raw_directory: join(directory, 'cdc_raw'),
    // With `commitlog_sync: 'batch'` in the config, a write that was acknowledged outlives a kill; the period is then not for Cassandra.
    ...(settings.config['commitlog_sync'] === undefined ? { commitlog_sync: 'periodic', commitlog_sync_period: '10000ms' } : {}),
    listen_address: settings.address,
    rpc_address: settings.address,
    native_transport_port: settings.port,
    storage_port: settings.storagePort,
    endpoint_snitch: 'GossipingPropertyFileSnitch',
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: `${settings.seed}:${settings.storagePort}` }],
      },
    ],
    // A node that joins an empty cluster has nothing to fetch.
    auto_bootstrap: false,
    auto_snapshot: false,
    authenticator: settings.passwordAuthentication ? 'PasswordAuthenticator' : 'AllowAllAuthenticator',
    authorizer: settings.passwordAuthentication ? 'CassandraAuthorizer' : 'AllowAllAuthorizer',
    ...(settings.encryption === null ? {} : { client_encryption_options: settings.encryption }),
    ...(settings.tuning === 'start' ? smallMemory : {}),
    ...allFeatures,
    ...settings.config,
  }
}

const smallMemory = {
  memtable_heap_space: '64MiB',
  memtable_offheap_space: '64MiB',
  file_cache_size: '64MiB',
  networking_cache_size: '32MiB',
  key_cache_size: '8MiB',
  counter_cache_size: '8MiB',
  concurrent_reads: 8,
  concurrent_writes: 8,
  concurrent_counter_writes: 8,
}

const allFeatures = {
  user_defined_functions_enabled: true,
  materialized_views_enabled: true,
  sasi_indexes_enabled: true,
}

const logback = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="out"/></root>
</configuration>
`
