import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedCassandraError } from './embedded-error.js'
import { withFileLock } from './file-lock.js'
import { installMaven } from './install-hints.js'
import { runCommand } from './run-command.js'

/** What a resolution needs; `maven` is the program, another one in tests. */
export interface ResolveJarsOptions {
  readonly version: string
  readonly cache: string
  readonly onProgress: (line: string) => void
  readonly signal?: AbortSignal | undefined
  readonly maven?: string
}

/**
 * The jars of `org.apache.cassandra:cassandra-all`, as sorted absolute paths. Resolved through Maven once for each version, then
 * taken from the cache. The folder in the cache appears by a rename, whole or not at all; a lock keeps a second process from
 * resolving the same meanwhile, and where the lock could not (another machine's disk), the first rename wins.
 */
export async function resolveJars(options: ResolveJarsOptions): Promise<string[]> {
  const folder = join(options.cache, `cassandra-${options.version}`)
  const found = await jarsIn(folder)
  if (found.length > 0) return found
  await mkdir(options.cache, { recursive: true })
  return await withFileLock(join(options.cache, `cassandra-${options.version}.lock`), options.signal, async () => {
    const meanwhile = await jarsIn(folder)
    if (meanwhile.length > 0) return meanwhile
    await resolveInto(folder, options)
    return await jarsIn(folder)
  })
}

async function jarsIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => name.endsWith('.jar'))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

async function resolveInto(folder: string, options: ResolveJarsOptions): Promise<void> {
  const prefix = `resolving-${options.version}-`
  await removeLeftovers(options.cache, prefix)
  const work = await mkdtemp(join(options.cache, prefix))
  try {
    options.onProgress(`resolving Cassandra ${options.version} through Maven, once`)
    await writeFile(join(work, 'pom.xml'), pom(options.version))
    await runMaven(work, options)
    try {
      await rename(join(work, 'jars'), folder)
    } catch (error) {
      if ((await jarsIn(folder)).length === 0) throw error
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What a process that was killed while it resolved has left; the lock says that nobody works there now. */
async function removeLeftovers(cache: string, prefix: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(prefix)) await rm(join(cache, name), { recursive: true, force: true })
  }
}

async function runMaven(work: string, options: ResolveJarsOptions): Promise<void> {
  const args = ['--batch-mode', '--quiet', '-Dstyle.color=never', '-f', join(work, 'pom.xml')]
  args.push('dependency:copy-dependencies', `-DoutputDirectory=${join(work, 'jars')}`, '-DincludeScope=runtime')
  const result = await runCommand(options.maven ?? 'mvn', args, { cwd: work, signal: options.signal })
  if (result.missing) {
    throw new EmbeddedCassandraError(
      `Maven resolves the jars of Cassandra ${options.version}, once: \`mvn\` is not on the PATH. To install it:\n${installMaven}`,
      { code: 'ERR_MAVEN_MISSING' },
    )
  }
  if (result.code !== 0 || (await jarsIn(join(work, 'jars'))).length === 0) {
    const lines = result.output.trim().split('\n').slice(-12)
    throw new EmbeddedCassandraError(
      `Maven could not resolve org.apache.cassandra:cassandra-all:${options.version} (exit code ${result.code}). It said:\n  ${lines.join('\n  ')}`,
      { code: 'ERR_MAVEN_FAILED' },
    )
  }
}

function pom(version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cqlwire</groupId>
  <artifactId>embedded</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.cassandra</groupId>
      <artifactId>cassandra-all</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`
}
