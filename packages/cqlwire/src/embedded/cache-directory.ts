import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where Cassandra's jars are kept between runs: `$CQLWIRE_CACHE`, else `$XDG_CACHE_HOME/cqlwire`, else `~/.cache/cqlwire`. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['CQLWIRE_CACHE']
  if (own !== undefined && own !== '') return own
  const xdg = env['XDG_CACHE_HOME']
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'cqlwire')
}
