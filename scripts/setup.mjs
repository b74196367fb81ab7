// The set-up that every command of a fresh clone does by itself: the tools that must be there, the packages, the build.
// Plain Node without dependencies, as it runs before `npm ci`. All it says goes to stderr: stdout belongs to the command.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const nodeNeeded = [20, 19]
const javaNeeded = 17

export class SetupError extends Error {}

export const everything = ['packages/cqlwire', 'packages/cli', 'benchmarks', 'reliability']

const say = (text) => process.stderr.write(`set-up: ${text}\n`)

/**
 * Makes a fresh clone ready. `projects` are the folders to build, in order of their references; `cassandra: true` also
 * asks for Java and Maven. Throws a SetupError whose message says what is missing and how to get it.
 */
export function setUp({ cassandra = false, projects = everything } = {}) {
  const missing = [checkNode(), ...(cassandra ? [checkJava(), checkMaven()] : [])].filter((text) => text !== undefined)
  if (missing.length > 0) throw new SetupError(missing.join('\n\n'))
  installPackages()
  build(projects)
}

/** Runs `setUp`, and ends the process with exit code 1 and a plain message, no stack, where it can't be done. */
export function setUpOrExit(options) {
  try {
    setUp(options)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`\n${error.message}\n`)
    process.exit(1)
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > nodeNeeded[0] || (major === nodeNeeded[0] && minor >= nodeNeeded[1])) return undefined
  return [
    `Node.js ${nodeNeeded.join('.')} or later is needed, this is ${process.versions.node}. To get it:`,
    '  any system:      https://nodejs.org (the LTS release), or `nvm install 22`',
    '  macOS:           brew install node',
  ].join('\n')
}

/** The same search as `cqlwire/embedded`: JAVA_HOME where it is set, else the PATH, else the usual places of JDKs. */
function checkJava() {
  const home = process.env.JAVA_HOME
  const candidates = home ? [join(home, 'bin', 'java')] : ['java', ...installedJavas()]
  const found = []
  for (const command of candidates) {
    const version = /version "(?:1\.)?(\d+)[^"]*"/.exec(outputOf(command, ['-version']) ?? '')
    if (version === null) continue
    if (Number(version[1]) === javaNeeded) return undefined
    found.push(`${command} is ${version[0]}`)
  }
  const where = home ? `JAVA_HOME is ${home}` : 'JAVA_HOME is not set'
  return [
    `Java ${javaNeeded} is needed to run Apache Cassandra: ${found.length > 0 ? found.join('; ') : 'no java was found'} (${where}). To get it:`,
    '  Debian, Ubuntu:  sudo apt-get install openjdk-17-jdk-headless',
    '  Fedora, RHEL:    sudo dnf install java-17-openjdk-headless',
    '  macOS:           brew install openjdk@17',
    '  any system:      https://adoptium.net (Temurin 17), and set JAVA_HOME to its folder',
  ].join('\n')
}

function installedJavas() {
  const places = [
    ['/usr/lib/jvm', 'bin/java'],
    ['/Library/Java/JavaVirtualMachines', 'Contents/Home/bin/java'],
    ['/opt/homebrew/opt', 'bin/java'],
    ['/usr/local/opt', 'bin/java'],
  ]
  return places.flatMap(([folder, program]) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.includes('17'))
          .map((name) => join(folder, name, program))
      : [],
  )
}

function checkMaven() {
  if (outputOf('mvn', ['-v']) !== undefined) return undefined
  return [
    'Maven is needed to fetch Apache Cassandra: `mvn` was not found on the PATH, or does not start. To get it:',
    '  Debian, Ubuntu:  sudo apt-get install maven',
    '  Fedora, RHEL:    sudo dnf install maven',
    '  macOS:           brew install maven',
    '  any system:      https://maven.apache.org/install.html',
  ].join('\n')
}

/** What a program wrote (stdout and stderr), or undefined where it isn't there or fails. */
function outputOf(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return result.error === undefined && result.status === 0 ? result.stdout + result.stderr : undefined
}

function installPackages() {
  const reason = whyInstall()
  if (reason === undefined) return
  say(`installing packages, as ${reason} (npm ci)`)
  // npm tells a script where npm itself is; started by plain `node`, it is the one on the PATH.
  const npm = process.env.npm_execpath
  const [command, args] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []]
  const result = spawnSync(command, [...args, 'ci', '--no-json', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (result.error) throw new SetupError(`npm could not be started: ${result.error.message}`)
  if (result.status !== 0)
    throw new SetupError(`npm ci failed (exit code ${result.status}); its own message is above. Is the registry reachable?`)
}

/**
 * Compares what npm installed with the lock file by content, not by time: a checkout touches times, and an
 * `npm ci` that isn't needed would pull the packages away under whatever else is running.
 */
function whyInstall() {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return 'there is no node_modules yet'
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || (entry.optional && installed[path] === undefined)) continue
    if (installed[path]?.version !== entry.version) return `${path} is not what package-lock.json says`
  }
  return undefined
}

/** Builds the projects that have sources. `tsc -b` skips what is up to date. */
function build(projects) {
  const withSources = projects.filter((project) => hasSources(join(root, project, 'src')))
  if (withSources.length === 0) return
  for (const project of withSources) removeStale(project)
  buildAssembly()
  const started = Date.now()
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const result = spawnSync(process.execPath, [tsc, '-b', ...withSources, '--pretty', 'false'], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (result.status !== 0) throw new SetupError('The build failed: the errors of the compiler are above.')
  say(`built ${withSources.join(', ')} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** WebAssembly is made again where its sources are not those it was made from. */
function buildAssembly() {
  const script = join(root, 'scripts', 'build-compiled.mjs')
  const { status } = spawnSync(process.execPath, [script, '--if-changed'], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] })
  if (status !== 0) throw new SetupError('The build of packages/cqlwire/assembly failed: the errors of the compiler are above.')
}

/** Removes what was built from sources that are gone: tsc leaves it, and it would be packed and could be imported. */
function removeStale(project) {
  const dist = join(root, project, 'dist')
  if (!existsSync(dist)) return
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!name.endsWith('.js') || existsSync(join(root, project, 'src', name.replace(/\.js$/, '.ts')))) continue
    const stem = join(dist, name.replace(/\.js$/, ''))
    for (const ending of ['.js', '.js.map', '.d.ts', '.d.ts.map']) rmSync(stem + ending, { force: true })
  }
}

function hasSources(folder) {
  if (!existsSync(folder)) return false
  return readdirSync(folder, { recursive: true }).some((name) => name.endsWith('.ts'))
}
