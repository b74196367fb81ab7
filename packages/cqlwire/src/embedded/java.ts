import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedCassandraError } from './embedded-error.js'
import { installJava } from './install-hints.js'
import { runCommand } from './run-command.js'

/** The Java release that Cassandra 5.0 is run on here: its module flags are those of 17. */
const javaMajor = 17

/** A Java that was found fit. */
export interface Java {
  /** The program to start: a path, or `java` where that of the PATH will do. */
  readonly command: string
  /** The first line of `java -version`, e.g. `openjdk version "17.0.15" 2025-04-15`. */
  readonly version: string
}

/** The major release in the output of `java -version`, or null: `"17.0.15"` is 17, `"1.8.0_402"` is 8. */
export function parseJavaMajor(output: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match === null ? null : Number(match[1])
}

/**
 * Finds a Java 17: that of `JAVA_HOME` where it is set, else that of the PATH, else one installed at a usual place.
 * @throws {EmbeddedCassandraError} none found, or another release; the message says which and what to do.
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env, signal?: AbortSignal): Promise<Java> {
  const home = env['JAVA_HOME']
  const candidates = home !== undefined && home !== '' ? [join(home, 'bin', 'java')] : ['java', ...installedJavas()]
  const refused: string[] = []
  for (const command of candidates) {
    const result = await runCommand(command, ['-version'], { env, signal })
    if (result.code !== 0) continue
    const lines = result.output.split('\n')
    const version = lines.find((line) => line.includes(' version ')) ?? lines[0] ?? ''
    if (parseJavaMajor(result.output) === javaMajor) return { command, version }
    refused.push(`${command}: ${version}`)
  }
  throw refused.length === 0 ? missing(home) : wrong(refused)
}

function missing(home: string | undefined): EmbeddedCassandraError {
  const where = home !== undefined && home !== '' ? `no working bin/java in JAVA_HOME (${home})` : '`java` is not on the PATH'
  return new EmbeddedCassandraError(`Cassandra 5.0 needs Java ${javaMajor}: ${where}. To install it:\n${installJava}`, {
    code: 'ERR_JAVA_MISSING',
  })
}

function wrong(refused: readonly string[]): EmbeddedCassandraError {
  return new EmbeddedCassandraError(
    `Cassandra 5.0 needs Java ${javaMajor}, found ${refused.join('; ')}. Set JAVA_HOME to the folder of a Java ${javaMajor}. To install one:\n${installJava}`,
    { code: 'ERR_JAVA_VERSION' },
  )
}

/** Java 17s at the usual places of Linux distributions, macOS and Homebrew; asked only where the PATH has none that fits. */
function installedJavas(): string[] {
  const places: [folder: string, inside: string][] = [
    ['/usr/lib/jvm', 'bin/java'],
    ['/Library/Java/JavaVirtualMachines', 'Contents/Home/bin/java'],
    ['/opt/homebrew/opt', 'bin/java'],
    ['/usr/local/opt', 'bin/java'],
  ]
  return places.flatMap(([folder, inside]) =>
    listing(folder)
      .filter((name) => /(java|jdk|jre|openjdk|temurin|zulu|corretto).*17/.test(name))
      .map((name) => join(folder, name, inside)),
  )
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
