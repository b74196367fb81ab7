/** Authentication: SASL exchanges over AUTHENTICATE, AUTH_CHALLENGE, AUTH_RESPONSE, AUTH_SUCCESS (native protocol, sections 4.1.2 and 4.2.3–4.2.7). */
import { AuthenticationError, InvalidArgumentError } from '../base/errors.js'
import type { Authenticator, AuthProvider } from './authenticator.js'
import { ExternalMechanism, PlainMechanism, type SaslMechanism } from './sasl.js'

export type { Authenticator, AuthProvider } from './authenticator.js'

/** The server's class that is told the mechanism's name first, and asks for its token by `<NAME>-START`. */
const DSE_AUTHENTICATOR = 'com.datastax.bdp.cassandra.auth.DseAuthenticator'

/** Classes of servers, and services, that take SASL PLAIN; a password is given to no other unless the application allows it. */
export const PLAIN_AUTHENTICATORS: readonly string[] = Object.freeze([
  'org.apache.cassandra.auth.PasswordAuthenticator',
  'org.apache.cassandra.auth.MutualTlsWithPasswordFallbackAuthenticator',
  DSE_AUTHENTICATOR,
  'com.scylladb.auth.SaslauthdAuthenticator',
  'com.scylladb.auth.TransitionalAuthenticator',
  'com.amazon.helenus.auth.HelenusAuthenticator',
  'com.instaclustr.cassandra.auth.SharedSecretAuthenticator',
  'com.instaclustr.cassandra.auth.InstaclustrPasswordAuthenticator',
  'io.aiven.cassandra.auth.AivenAuthenticator',
  'com.ericsson.bss.cassandra.ecaudit.auth.AuditAuthenticator',
  'com.ericsson.bss.cassandra.ecaudit.auth.AuditPasswordAuthenticator',
  'org.elassandra.auth.ElassandraPasswordAuthenticator',
])

export interface SaslOptions {
  /** Further classes of servers that may be given what the mechanism sends; `'*'` for any. Default: none. */
  readonly allowedAuthenticators?: readonly string[]
}

/** Authenticates by a SASL mechanism, with servers of classes that are expected alone. */
export class SaslAuthProvider implements AuthProvider {
  readonly #mechanism: SaslMechanism
  readonly #allowed: ReadonlySet<string>

  constructor(mechanism: SaslMechanism, options: SaslOptions = {}) {
    if (typeof mechanism?.start !== 'function' || typeof mechanism.name !== 'string')
      throw new InvalidArgumentError('A SaslAuthProvider takes a mechanism: an object with name and start(host)')
    this.#mechanism = mechanism
    const expected = mechanism.authenticators ?? (mechanism.name === 'PLAIN' ? PLAIN_AUTHENTICATORS : [])
    this.#allowed = new Set([...expected, ...(options.allowedAuthenticators ?? [])])
  }

  newAuthenticator(host: string, authenticatorClass: string): Authenticator {
    const { name } = this.#mechanism
    if (!this.#allowed.has(authenticatorClass) && !this.#allowed.has('*')) {
      const what = name === 'PLAIN' ? 'a plain password' : `the SASL mechanism ${name}`
      throw new AuthenticationError(
        `The node ${host} asks for authentication by "${authenticatorClass}", which is not known to take ${what}: nothing was sent. ` +
          `If it does, allow it by the option allowedAuthenticators: ['${authenticatorClass}']`,
        { host },
      )
    }
    const exchange = this.#mechanism.start(host)
    return authenticatorClass === DSE_AUTHENTICATOR ? namedFirst(name, exchange) : exchange
  }
}

function namedFirst(name: string, exchange: Authenticator): Authenticator {
  const start = Buffer.from(`${name}-START`)
  return {
    initialResponse: () => Buffer.from(name),
    evaluateChallenge: (challenge) =>
      challenge !== null && start.equals(challenge) ? exchange.initialResponse() : exchange.evaluateChallenge(challenge),
    onSuccess: (token) => exchange.onSuccess?.(token),
  }
}

export interface PlainTextOptions extends SaslOptions {
  /** The role to act as, where that is not the one that logs in (and the server knows of such: DSE's proxy login). Default: none. */
  readonly authorizationId?: string
}

/** User name and password, for `PasswordAuthenticator` and its kin. */
export class PlainTextAuthProvider extends SaslAuthProvider {
  constructor(username: string, password: string, options: PlainTextOptions = {}) {
    super(new PlainMechanism({ username, password, authorizationId: options.authorizationId ?? '' }), options)
  }
}

/** Classes that let clients without credentials in while a cluster goes over to authentication. */
const TRANSITIONAL = /(?:^|\.)\w*Transitional\w*$/

function isTransitional(authenticatorClass: string): boolean {
  return authenticatorClass === DSE_AUTHENTICATOR || TRANSITIONAL.test(authenticatorClass)
}

/** Classes that log a client in by the certificate of its TLS connection, and ask for an answer all the same. */
const BY_CERTIFICATE: readonly string[] = [
  'org.apache.cassandra.auth.MutualTlsAuthenticator',
  'org.apache.cassandra.auth.MutualTlsWithPasswordFallbackAuthenticator',
]

/** What a server gets where the application gave no option `auth`: nothing secret, or null where it can't do without. */
export function authProviderWithoutOptions(authenticatorClass: string): AuthProvider | null {
  if (isTransitional(authenticatorClass)) return new TransitionalAuthProvider()
  return BY_CERTIFICATE.includes(authenticatorClass) ? new SaslAuthProvider(new ExternalMechanism()) : null
}

/**
 * Empty credentials, for a server in transitional mode: it lets such clients in, as anonymous. Without the option `auth` that is what
 * servers of such classes get anyway.
 */
export class TransitionalAuthProvider implements AuthProvider {
  newAuthenticator(host: string, authenticatorClass: string): Authenticator {
    return new PlainTextAuthProvider('', '', { allowedAuthenticators: ['*'] }).newAuthenticator(host, authenticatorClass)
  }
}
