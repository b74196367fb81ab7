/** Other programs that run JavaScript, for `--runtimes`: found on the PATH, or installed from npm into the cache. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cacheFolder } from './cache.js'
import type { Command } from './peers.js'

export interface Runtime {
  /** With its version. */
  readonly name: string
  readonly command: Command
}

const pattern = /^(?:node(\d+)|bun|deno)$/

export const isRuntimeName = (name: string): boolean => pattern.test(name)

/** @throws {Error} it is neither installed nor to be had from npm */
export function findRuntime(name: string, note: (line: string) => void): Runtime {
  const major = pattern.exec(name)?.[1]
  const kind = major === undefined ? name : 'node'
  const program = candidates(name, kind).find((each) => isVersion(each, major)) ?? installed(name, kind, major, note)
  const version = versionOf(program)!
  const flags = kind === 'node' ? ['--enable-source-maps'] : kind === 'deno' ? ['run', '--allow-all', '--quiet', '--no-lock'] : []
  return { name: `${kind === 'node' ? 'Node' : kind === 'bun' ? 'Bun' : 'Deno'} ${version}`, command: [program, ...flags] }
}

const candidates = (name: string, kind: string): string[] => (kind === 'node' ? [process.execPath, name, 'node'] : [kind])

/** `v22.1.0`, `1.3.1`, `deno 2.5.0 (stable, ...)`. */
function versionOf(program: string): string | null {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? (/\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? null) : null
}

function isVersion(program: string, major: string | undefined): boolean {
  const version = versionOf(program)
  return version !== null && (major === undefined || version.startsWith(`${major}.`))
}

/** The npm packages `node`, `bun` and `deno` bring their programs along. */
function installed(name: string, kind: string, major: string | undefined, note: (line: string) => void): string {
  const folder = cacheFolder(`runtimes/${name}`)
  const program = `${folder}/node_modules/.bin/${kind}`
  if (existsSync(program)) return program
  note(`installing ${name} ...`)
  const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, major === undefined ? kind : `${kind}@${major}`]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', process.stderr] })
  if (status !== 0 || versionOf(program) === null) throw new Error(`${name} is not on the PATH, and npm can't install it`)
  return program
}
