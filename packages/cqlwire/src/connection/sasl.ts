/** SASL mechanisms (RFC 4422): PLAIN and EXTERNAL. Another one is an object with `name` and `start`. */
import { AuthenticationError, InvalidArgumentError } from '../base/errors.js'
import type { Authenticator } from './authenticator.js'

export interface SaslMechanism {
  /** Its registered name, `PLAIN` for example. */
  readonly name: string
  /** Classes of servers that it may be used with; `'*'` for any. Default: for PLAIN those that are known to take passwords, else none. */
  readonly authenticators?: readonly string[]
  /** Begins an exchange with a node, `address:port`. */
  start(host: string): Authenticator
}

/** RFC 4616: name and password, in clear: to be used over TLS. */
export class PlainMechanism implements SaslMechanism {
  readonly name = 'PLAIN'
  readonly #token: Buffer

  /** @param options.authorizationId the role to act as, where that is another one */
  constructor(options: { readonly username: string; readonly password: string; readonly authorizationId?: string }) {
    const { username, password, authorizationId = '' } = options
    for (const [what, text] of Object.entries({ username, password, authorizationId })) {
      if (typeof text !== 'string') throw new InvalidArgumentError(`The ${what} is a text, got a ${typeof text}`)
      // The zero byte is what separates them.
      if (text.includes('\0')) throw new InvalidArgumentError(`The ${what} has a zero character in it, which SASL PLAIN can't say`)
    }
    this.#token = Buffer.from(`${authorizationId}\0${username}\0${password}`, 'utf8')
  }

  start(host: string): Authenticator {
    return { initialResponse: () => this.#token, evaluateChallenge: () => unexpected(host, 'the password', this.name) }
  }
}

/** RFC 4422, appendix A: who the client is says its certificate. Nothing secret is sent. */
export class ExternalMechanism implements SaslMechanism {
  readonly name = 'EXTERNAL'
  readonly authenticators: readonly string[] = ['*']
  readonly #identity: Buffer

  /** @param options.authorizationId the role to act as; default: the one that the certificate stands for */
  constructor(options: { readonly authorizationId?: string } = {}) {
    this.#identity = Buffer.from(options.authorizationId ?? '', 'utf8')
  }

  start(host: string): Authenticator {
    return { initialResponse: () => this.#identity, evaluateChallenge: () => unexpected(host, 'the identity', this.name) }
  }
}

function unexpected(host: string, what: string, mechanism: string): never {
  throw new AuthenticationError(`The node ${host} answered ${what} with a challenge, which SASL ${mechanism} does not have`, { host })
}
