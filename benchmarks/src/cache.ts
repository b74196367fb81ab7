/** Where what is built on demand is kept, between runs: never in a commit. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const benchmarks = fileURLToPath(new URL('../', import.meta.url))

/** A folder of the cache, made where it isn't there. */
export function cacheFolder(name: string): string {
  const folder = `${benchmarks}.cache/${name}`
  mkdirSync(folder, { recursive: true })
  return folder
}
