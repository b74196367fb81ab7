/** From an open socket to a connection that takes requests: STARTUP, authentication, USE (native protocol, sections 4.1.1–4.1.2, 4.2.2–4.2.7). */
import { AuthenticationError, ConnectionError, type CqlwireError } from '../base/errors.js'
import { BadCredentialsError } from '../base/server-errors.js'
import { Opcode } from '../protocol/constants.js'
import { readAuthChallenge, readAuthenticate, readAuthSuccess, writeAuthResponse } from '../protocol/auth.js'
import { writeStartup } from '../protocol/startup.js'
import type { Connection } from './connection.js'
import { type Answer, bodyOf } from './pending-answer.js'

/** An exchange longer than this is a server that plays games. */
const MAX_CHALLENGES = 16

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
  const { auth, connectTimeoutMs: timeoutMs } = connection.settings
  if (auth === null) {
    throw new AuthenticationError(
      `${connection.name} asks for authentication (${authenticatorClass}), and no credentials were given: set auth: { username, password }`,
      { host: connection.name },
    )
  }
  const authenticator = auth.newAuthenticator(connection.name, authenticatorClass)
  let token = await authenticator.initialResponse()
  for (let round = 0; round < MAX_CHALLENGES; round++) {
    const answer = await respond(connection, token, timeoutMs)
    if (answer.opcode === Opcode.AUTH_SUCCESS) {
      const last = readAuthSuccess(bodyOf(answer))
      authenticator.onSuccess?.(last)
      return
    }
    if (answer.opcode !== Opcode.AUTH_CHALLENGE) throw unexpected(connection, answer, 'AUTH_RESPONSE')
    token = await authenticator.evaluateChallenge(readAuthChallenge(bodyOf(answer)))
  }
  throw new AuthenticationError(`${connection.name} asked for more than ${MAX_CHALLENGES} authentication tokens; given up`, {
    host: connection.name,
  })
}

async function respond(connection: Connection, token: Uint8Array | null, timeoutMs: number): Promise<Answer> {
  try {
    return await connection.request(Opcode.AUTH_RESPONSE, (writer) => writeAuthResponse(writer, token), {
      timeoutMs,
      what: 'AUTH_RESPONSE',
    })
  } catch (error) {
    if (!(error instanceof BadCredentialsError)) throw error
    throw new AuthenticationError(`${connection.name} does not take the credentials: ${error.message}`, {
      host: connection.name,
      cause: error,
    })
  }
}

function unexpected(connection: Connection, answer: Answer, to: string): CqlwireError {
  return new ConnectionError(`${connection.name} answered ${to} with opcode ${answer.opcode}, which the protocol does not have there`, {
    host: connection.name,
    sent: true,
    code: 'ERR_MALFORMED_FRAME',
  })
}
