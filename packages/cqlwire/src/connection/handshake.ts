/** From an open socket to a connection that takes requests: STARTUP, authentication, USE (native protocol, sections 4.1.1–4.1.2, 4.2.2–4.2.7). */
import { bounded } from '../base/bounded.js'
import { AuthenticationError, ConnectionError, CqlwireError } from '../base/errors.js'
import { BadCredentialsError } from '../base/server-errors.js'
import { Opcode } from '../protocol/constants.js'
import { readAuthChallenge, readAuthenticate, readAuthSuccess, writeAuthResponse } from '../protocol/auth.js'
import { writeStartup } from '../protocol/startup.js'
import { type Authenticator, authProviderWithoutOptions } from './auth.js'
import type { Connection } from './connection.js'
import { type Answer, bodyOf } from './pending-answer.js'

/** An exchange with more challenges than this is a server that plays games. */
const MAX_CHALLENGES = 16

const NO_CREDENTIALS = 'and no credentials were given: set auth: { username, password }'

/**
 * Opens the connection and makes it ready. On any error the socket is closed before this rejects.
 *
 * @throws {ConnectionError} not reachable; {AuthenticationError}; {ProtocolError} the node doesn't speak this version
 */
export async function connect(connection: Connection): Promise<void> {
  await connection.open()
  try {
    await startup(connection)
    connection.startHeartbeat()
  } catch (error) {
    connection.close()
    throw error
  }
}

async function startup(connection: Connection): Promise<void> {
  const { settings } = connection
  const compression = settings.compressor === null ? {} : { COMPRESSION: settings.compressor.name }
  const options = { CQL_VERSION: '3.0.0', ...settings.startupOptions, ...compression }
  const timeoutMs = settings.connectTimeoutMs
  const answer = await connection.request(Opcode.STARTUP, (writer) => writeStartup(writer, options), { timeoutMs, what: 'STARTUP' })
  connection.useNegotiated()
  if (answer.opcode === Opcode.AUTHENTICATE) return authenticate(connection, readAuthenticate(bodyOf(answer)))
  if (answer.opcode !== Opcode.READY) throw unexpected(connection, answer, 'STARTUP')
}

async function authenticate(connection: Connection, authenticatorClass: string): Promise<void> {
  const { name: host, settings } = connection
  const auth = settings.auth ?? authProviderWithoutOptions(authenticatorClass)
  if (auth === null) throw new AuthenticationError(`${host} asks for authentication (${authenticatorClass}), ${NO_CREDENTIALS}`, { host })
  const authenticator = auth.newAuthenticator(host, authenticatorClass)
  let token = await tokenOf(connection, 'initialResponse', () => authenticator.initialResponse())
  for (let round = 0; ; round++) {
    const answer = await respond(connection, token, settings.connectTimeoutMs)
    if (answer.opcode === Opcode.AUTH_SUCCESS) {
      authenticator.onSuccess?.(readAuthSuccess(bodyOf(answer)))
      return
    }
    if (answer.opcode !== Opcode.AUTH_CHALLENGE) throw unexpected(connection, answer, 'AUTH_RESPONSE')
    if (round === MAX_CHALLENGES) {
      throw new AuthenticationError(`${host} (${authenticatorClass}) sent more than ${MAX_CHALLENGES} challenges; given up`, { host })
    }
    const challenge = readAuthChallenge(bodyOf(answer))
    token = await tokenOf(connection, 'evaluateChallenge', () => authenticator.evaluateChallenge(challenge))
  }
}

/** What an authenticator gives, who may be slow, wrong or broken: its connection must not wait for ever. */
async function tokenOf(
  connection: Connection,
  method: string,
  ask: () => ReturnType<Authenticator['initialResponse']>,
): Promise<Uint8Array | null> {
  const { name: host, settings } = connection
  const what = `${method} of the authenticator for ${host}`
  let token: unknown
  try {
    token = await bounded(ask(), { timeoutMs: settings.connectTimeoutMs, what })
  } catch (cause) {
    if (cause instanceof AuthenticationError) throw cause
    const message = cause instanceof CqlwireError ? `${cause.message} (connectTimeoutMs)` : `${what} failed: ${messageOf(cause)}`
    throw new AuthenticationError(message, { host, cause })
  }
  if (token === null || token instanceof Uint8Array) return token
  throw new AuthenticationError(`${what} gave a value of type ${typeof token}: it gives bytes (Uint8Array), or null`, { host })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function respond(connection: Connection, token: Uint8Array | null, timeoutMs: number): Promise<Answer> {
  try {
    return await connection.request(Opcode.AUTH_RESPONSE, (writer) => writeAuthResponse(writer, token), {
      timeoutMs,
      what: 'AUTH_RESPONSE',
    })
  } catch (error) {
    if (!(error instanceof BadCredentialsError)) throw error
    const why = connection.settings.auth === null ? `wants a login, ${NO_CREDENTIALS}` : `does not take the credentials: ${error.message}`
    throw new AuthenticationError(`${connection.name} ${why}`, { host: connection.name, cause: error })
  }
}

function unexpected(connection: Connection, answer: Answer, to: string): CqlwireError {
  return new ConnectionError(`${connection.name} answered ${to} with opcode ${answer.opcode}, which the protocol does not have there`, {
    host: connection.name,
    sent: true,
    code: 'ERR_MALFORMED_FRAME',
  })
}
