// The runtimes that the driver is tested on. They are npm packages, installed on demand into the cache that Cassandra's jars are in too.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from '../processes.mjs'

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cqlwire', 'runtimes')

/** `kind`: how tests are run on it. `range`: of the package's versions. */
export const runtimes = {
  'node-20': { kind: 'node', package: 'node', range: '20' },
  'node-22': { kind: 'node', package: 'node', range: '22' },
  'node-24': { kind: 'node', package: 'node', range: '24' },
  'node-26': { kind: 'node', package: 'node', range: '26' },
  bun: { kind: 'bun', package: 'bun', range: '1' },
  deno: { kind: 'deno', package: 'deno', range: '2' },
}

const folderOf = ({ package: name, range }) => join(cache, `${name}-${range}`)

/** Where its program is, or would be. */
function programOf(runtime) {
  const ending = process.platform === 'win32' ? '.cmd' : ''
  return join(folderOf(runtime), 'node_modules', '.bin', runtime.package + ending)
}

/** The program, where it was installed before; this very Node where it is of that version; else undefined. */
export function cachedProgram(runtime) {
  if (runtime.kind === 'node' && process.versions.node.startsWith(`${runtime.range}.`)) return process.execPath
  const program = programOf(runtime)
  return existsSync(program) ? program : undefined
}

/** The program, installed where it isn't yet; undefined where npm fails, which says why by itself. */
export async function installedProgram(runtime) {
  const cached = cachedProgram(runtime)
  if (cached !== undefined) return cached
  const folder = folderOf(runtime)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  console.log(`installing ${runtime.package}@${runtime.range} into ${folder}`)
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${runtime.package}@${runtime.range}`], { cwd: folder })
  return cachedProgram(runtime)
}

/** `v22.23.3`, `1.4.5`, `deno 2.9.6 (...)`: the first line of what it says of itself. */
export async function versionOf(program) {
  const { output } = await run(program, ['--version'], { capture: true })
  return output.split('\n')[0]
}
