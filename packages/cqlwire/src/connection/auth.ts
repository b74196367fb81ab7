/** Authentication: SASL exchanges over AUTHENTICATE, AUTH_CHALLENGE, AUTH_RESPONSE, AUTH_SUCCESS (native protocol, sections 4.1.2 and 4.2.3–4.2.7). */
import { AuthenticationError } from '../base/errors.js'

/** One exchange with one node. Tokens are opaque bytes; a method may be asynchronous. */
export interface Authenticator {
  /** The token of the first AUTH_RESPONSE; null for an empty one. */
  initialResponse(): Uint8Array | null | Promise<Uint8Array | null>
  /** The answer to a challenge of the server. */
  evaluateChallenge(challenge: Uint8Array | null): Uint8Array | null | Promise<Uint8Array | null>
  /** The exchange is over, with the server's last token. */
  onSuccess?(token: Uint8Array | null): void
}

/** Makes an authenticator per connection. */
export interface AuthProvider {
  /**
   * @param host the node, `address:port`
   * @param authenticatorClass the server's class name, as AUTHENTICATE says it
   * @throws {AuthenticationError} where this provider does not talk to such an authenticator
   */
  newAuthenticator(host: string, authenticatorClass: string): Authenticator
}

/** Classes of servers that take SASL PLAIN; credentials are given to no other. */
const PLAIN_CLASSES: readonly string[] = [
  'org.apache.cassandra.auth.PasswordAuthenticator',
  'com.datastax.bdp.cassandra.auth.DseAuthenticator',
  'com.scylladb.auth.SaslauthdAuthenticator',
  'com.scylladb.auth.TransitionalAuthenticator',
  'org.apache.cassandra.auth.MutualTlsWithPasswordFallbackAuthenticator',
  'com.instaclustr.cassandra.auth.SharedSecretAuthenticator',
  'org.elassandra.auth.ElassandraPasswordAuthenticator',
]

/** User name and password, for `PasswordAuthenticator` and its kin. */
export class PlainTextAuthProvider implements AuthProvider {
  readonly #token: Buffer
  readonly #allowed: ReadonlySet<string>

  /** @param options.allowedAuthenticators further server classes that may be given the password; `'*'` for any */
  constructor(username: string, password: string, options: { readonly allowedAuthenticators?: readonly string[] } = {}) {
    this.#token = Buffer.from(`\0${username}\0${password}`, 'utf8')
    this.#allowed = new Set([...PLAIN_CLASSES, ...(options.allowedAuthenticators ?? [])])
  }

  newAuthenticator(host: string, authenticatorClass: string): Authenticator {
    if (!this.#allowed.has(authenticatorClass) && !this.#allowed.has('*')) {
      throw new AuthenticationError(
        `The node ${host} asks for authentication by "${authenticatorClass}", which is not known to take a plain password: nothing was sent. ` +
          `If it does, allow it: new PlainTextAuthProvider(username, password, { allowedAuthenticators: ['${authenticatorClass}'] })`,
        { host },
      )
    }
    const token = this.#token
    return {
      initialResponse: () => token,
      evaluateChallenge: () => {
        throw new AuthenticationError(`The node ${host} answered the password with a challenge, which SASL PLAIN does not have`, { host })
      },
    }
  }
}
