/** TLS of a cluster's connections: where the options come from, what holds where they say nothing, and sessions that are resumed. */
import { readFile } from 'node:fs/promises'
import tls from 'node:tls'

/** Paths of PEM files (`pfx`: PKCS #12). They are read anew for each connection, so that renewed certificates need no restart. */
export interface TlsFiles {
  /** Authorities that sign the nodes' certificates. */
  readonly ca?: string | readonly string[]
  /** The client's certificate, its chain included. */
  readonly cert?: string
  readonly key?: string
  readonly pfx?: string
}

/** Node's own options of `tls.connect`, and files to read some of them from. */
export interface TlsOptions extends tls.ConnectionOptions {
  readonly files?: TlsFiles
}

/** Asked for the options of each new connection; may be asynchronous. */
export type TlsProvider = () => TlsOptions | Promise<TlsOptions>

/** Sessions are kept for so many nodes. */
const MOST_SESSIONS = 1_024

export interface TlsCounts {
  /** Handshakes that succeeded. */
  readonly handshakes: number
  /** Those of them that resumed an earlier session. */
  readonly resumed: number
}

export class TlsClient implements TlsCounts {
  handshakes = 0
  resumed = 0
  readonly #source: TlsOptions | TlsProvider
  /** The options as they were given last, and what was made of them. */
  #given: Readonly<Record<string, unknown>> = {}
  #ready: tls.ConnectionOptions | null = null
  /** Node and name → the last session, while the options are the same. */
  readonly #sessions = new Map<string, Buffer>()

  /** @throws {Error} the options are there already, and can't be used */
  constructor(source: TlsOptions | TlsProvider) {
    this.#source = source
    if (typeof source !== 'function' && source.files === undefined) this.#prepare(source)
  }

  /** The options for one connection now. Rejects where a file can't be read, or what it holds is no certificate or key. */
  async options(): Promise<tls.ConnectionOptions> {
    const { files, ...given } = typeof this.#source === 'function' ? await this.#source() : this.#source
    return this.#prepare(files === undefined ? given : { ...given, ...(await readFiles(files)) })
  }

  /** Equal options share a context, and sessions with it; with others (an authority that is not trusted any more, say) no session lives on. */
  #prepare(given: tls.ConnectionOptions): tls.ConnectionOptions {
    if (this.#ready !== null && areEqual(given, this.#given)) return this.#ready
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as tls.ConnectionOptions
    // Said here, as the environment (NODE_TLS_REJECT_UNAUTHORIZED) can turn off what is not said.
    const options = { rejectUnauthorized: true, ...(set.secureProtocol === undefined ? { minVersion: 'TLSv1.2' as const } : {}), ...set }
    this.#ready = { ...options, secureContext: set.secureContext ?? tls.createSecureContext(options) }
    this.#given = { ...given }
    this.#sessions.clear()
    return this.#ready
  }

  session(key: string): Buffer | undefined {
    return this.#sessions.get(key)
  }

  /** Keeps the sessions of a socket whose certificate was found good; `options` are those that it was made with. */
  keepSessions(key: string, socket: tls.TLSSocket, options: tls.ConnectionOptions, first: Buffer | null): void {
    this.handshakes++
    if (socket.isSessionReused()) this.resumed++
    const keep = (session: Buffer): void => {
      if (options.secureContext !== this.#ready?.secureContext) return
      this.#sessions.delete(key)
      this.#sessions.set(key, session)
      if (this.#sessions.size > MOST_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!)
    }
    if (first !== null) keep(first)
    socket.on('session', keep)
  }
}

async function readFiles({ ca, cert, key, pfx }: TlsFiles): Promise<tls.ConnectionOptions> {
  const read = async (name: string, path: string | undefined): Promise<object> =>
    path === undefined ? {} : { [name]: await readFile(path) }
  const authorities = ca === undefined ? [] : await Promise.all([ca].flat().map((path) => readFile(path)))
  const rest = await Promise.all([read('cert', cert), read('key', key), read('pfx', pfx)])
  return Object.assign(authorities.length === 0 ? {} : { ca: authorities }, ...rest)
}

function areEqual(a: object, b: object): boolean {
  const [one, other] = [a, b].map((each) => Object.entries(each).filter(([, value]) => value !== undefined))
  return one!.length === other!.length && one!.every(([name, value]) => isEqual(value, (b as Record<string, unknown>)[name]))
}

/** Certificates and keys are read again and again: what counts is what is in them. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]))
}
