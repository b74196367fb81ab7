/** What figures depend on. */
import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { benchmarks } from './cache.js'

export interface Environment {
  readonly date: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** Of this repository; `+` where something is not committed. Null outside of one. */
  readonly revision: string | null
}

export const environment = (): Environment => ({
  date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
  node: process.versions.node,
  platform: `${process.platform} ${process.arch} ${release()}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  revision: revision(),
})

function revision(): string | null {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: benchmarks, encoding: 'utf8', stdio: 'pipe' }).trim()
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', '..') === '' ? '' : '+')
  } catch {
    return null
  }
}
