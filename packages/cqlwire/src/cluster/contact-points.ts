/** Contact points: where a cluster is looked for first. */
import { lookup } from 'node:dns/promises'
import { isIP, isIPv6 } from 'node:net'
import { CqlwireError, InvalidOptionError } from '../base/errors.js'
import type { Endpoint } from '../connection/dial.js'

/** One contact point as its option says it. */
export interface ContactPoint {
  /** As it was given. */
  readonly text: string
  /** An address or a name. */
  readonly host: string
  readonly port: number
  /** Of a Unix-domain socket, which is used instead of host and port. */
  readonly path?: string
}

/** What a contact point that is a Unix-domain socket starts with. */
const UNIX = 'unix:'
/** The bytes that Linux has room for; other systems have a few less. */
const LONGEST_PATH = 107

/** Letters, digits, hyphens, dots and (which DNS doesn't know, but Docker does) underscores. */
const NAME = /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/
const FORMS = "'host', 'host:port', '[IPv6]:port', an IPv6 address or 'unix:/path'"

function invalid(path: string, text: string, why: string): InvalidOptionError {
  return new InvalidOptionError(path, `Option ${path} takes ${FORMS}, got text ${JSON.stringify(text.slice(0, 80))}: ${why}`)
}

function portOf(path: string, text: string, digits: string): number {
  const port = Number(digits)
  if (/^\d{1,5}$/.test(digits) && port >= 1 && port <= 65535) return port
  throw invalid(path, text, `the port must be a number from 1 to 65535`)
}

function hostOf(path: string, text: string, host: string): string {
  if (isIP(host) !== 0) return host
  if (/^[\d.]+$/.test(host)) throw invalid(path, text, `${JSON.stringify(host)} is not an IPv4 address`)
  if (host.length > 253 || !NAME.test(host)) throw invalid(path, text, `${JSON.stringify(host)} is neither an address nor a name`)
  return host
}

function pathOf(option: string, text: string, path: string): string {
  if (path === '' || path.includes('\0')) throw invalid(option, text, "behind 'unix:' stands no path of a socket")
  const size = Buffer.byteLength(path)
  if (size > LONGEST_PATH) throw invalid(option, text, `a socket's path has at most ${LONGEST_PATH} bytes, this one has ${size}`)
  return path
}

/**
 * Reads one contact point.
 *
 * @param path where the option stands, for the error: `contactPoints[0]`
 * @throws {InvalidOptionError} it is neither an address nor a name, or the port is out of range, or the path can't be a socket's
 */
export function parseContactPoint(text: string, defaultPort: number, path: string): ContactPoint {
  if (text.startsWith(UNIX)) return { text, host: '', port: defaultPort, path: pathOf(path, text, text.slice(UNIX.length)) }
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    const host = text.slice(1, end === -1 ? undefined : end)
    if (end === -1 || !isIPv6(host)) throw invalid(path, text, 'within the brackets stands no IPv6 address')
    const rest = text.slice(end + 1)
    if (rest !== '' && !rest.startsWith(':')) throw invalid(path, text, 'behind the bracket only a colon and a port may stand')
    return { text, host, port: rest === '' ? defaultPort : portOf(path, text, rest.slice(1)) }
  }
  if (isIPv6(text)) return { text, host: text, port: defaultPort }
  const colon = text.indexOf(':')
  if (colon === -1) return { text, host: hostOf(path, text, text), port: defaultPort }
  if (text.includes(':', colon + 1)) throw invalid(path, text, 'it has several colons and is not an IPv6 address')
  return { text, host: hostOf(path, text, text.slice(0, colon)), port: portOf(path, text, text.slice(colon + 1)) }
}

/** An address of a contact point. */
export interface ContactEndpoint extends Endpoint {
  /** The contact point it comes from, as it was given. */
  readonly contactPoint: string
}

/** What the contact points resolve to now. */
export interface ResolvedContactPoints {
  /** In the order of the contact points, each address once. */
  readonly endpoints: readonly ContactEndpoint[]
  /** Contact point, as given → why it doesn't resolve. */
  readonly errors: ReadonlyMap<string, Error>
}

/** All addresses of a name. */
export type LookupAll = (name: string) => Promise<readonly { readonly address: string }[]>

const systemLookup: LookupAll = (name) => lookup(name, { all: true })

/** Resolves names to all of their addresses. Never rejects: what doesn't resolve stands in `errors`. */
export async function resolveContactPoints(
  points: readonly ContactPoint[],
  lookupAll: LookupAll = systemLookup,
): Promise<ResolvedContactPoints> {
  const errors = new Map<string, Error>()
  const resolved = await Promise.all(points.map((point) => addressesOf(point, lookupAll, errors)))
  const seen = new Set<string>()
  const endpoints: ContactEndpoint[] = []
  points.forEach((point, index) => {
    const { path } = point
    if (path !== undefined) endpoints.push({ address: path, port: point.port, path, contactPoint: point.text })
    for (const address of resolved[index]!) {
      const key = `${address} ${point.port}`
      if (seen.has(key)) continue
      seen.add(key)
      // TLS asks for the name that the user gave, not for the address behind it.
      const named = address === point.host ? {} : { contactName: point.host.replace(/\.$/, '') }
      endpoints.push({ address, port: point.port, contactPoint: point.text, ...named })
    }
  })
  return { endpoints, errors }
}

async function addressesOf(point: ContactPoint, lookupAll: LookupAll, errors: Map<string, Error>): Promise<readonly string[]> {
  if (point.path !== undefined) return []
  if (isIP(point.host) !== 0) return [point.host]
  try {
    const found = await lookupAll(point.host)
    if (found.length > 0) return found.map((each) => each.address)
    errors.set(point.text, new CqlwireError(`The name ${point.host} has no address`, { code: 'ENOTFOUND' }))
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const why = code === 'ENOTFOUND' ? 'is not known' : `can't be resolved (${code ?? String(cause)})`
    errors.set(point.text, new CqlwireError(`The name ${point.host} ${why}`, { ...(code === undefined ? {} : { code }), cause }))
  }
  return []
}
