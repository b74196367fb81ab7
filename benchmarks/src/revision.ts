/** Another revision of cqlwire, built in a folder of the cache, for clients to run with in the place of this one. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { benchmarks, cacheFolder } from './cache.js'
import type { Command } from './peers.js'

const root = fileURLToPath(new URL('../', `file://${benchmarks}`))
const hooks = new URL('revision-hooks.js', import.meta.url).href

export interface Revision {
  /** Short. */
  readonly commit: string
  /** What runs the clients with it. */
  readonly runtime: Command
}

/** @throws {Error} there is no such revision, or it doesn't build with the tools that are installed */
export function buildRevision(name: string, note: (line: string) => void): Revision {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  let commit: string
  try {
    commit = git('rev-parse', '--short', '--verify', `${name}^{commit}`).trim()
  } catch (cause) {
    throw new Error(`--against: git knows no revision '${name}'`, { cause })
  }
  const folder = `${cacheFolder('revisions')}/${commit}`
  if (!existsSync(`${folder}/packages/cqlwire/dist/index.js`)) {
    note(`building cqlwire at ${commit} ...`)
    if (!existsSync(folder)) git('worktree', 'add', '--detach', '--force', folder, commit)
    if (!existsSync(`${folder}/node_modules`)) symlinkSync(`${root}node_modules`, `${folder}/node_modules`)
    const { status } = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', 'packages/cqlwire'], {
      cwd: folder,
      stdio: ['ignore', process.stderr, process.stderr],
    })
    if (status !== 0) throw new Error(`cqlwire at ${commit} does not build: see above. Its folder is ${folder}`)
  }
  const { href } = pathToFileURL(`${folder}/packages/cqlwire/package.json`)
  const register = `import { register } from 'node:module'; register(${JSON.stringify(hooks)}, { data: ${JSON.stringify(href)} })`
  return { commit, runtime: [process.execPath, '--enable-source-maps', '--import', `data:text/javascript,${encodeURIComponent(register)}`] }
}
