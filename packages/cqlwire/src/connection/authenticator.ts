/** What the application plugs in to log in: a provider, and an authenticator per connection. */

/** One exchange with one node. Tokens are opaque bytes; a method may be asynchronous, and has `connectTimeoutMs` to answer. */
export interface Authenticator {
  /** The token of the first AUTH_RESPONSE; null for an empty one. */
  initialResponse(): Uint8Array | null | Promise<Uint8Array | null>
  /** The answer to a challenge of the server, of which there are at most 16. */
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
