/**
 * Authentication, a SASL exchange (native protocol sections 4.1.2, 4.2.3, 4.2.7, 4.2.8):
 *
 *     AUTHENTICATE:   <authenticator:string>, the full class name of the server's authenticator
 *     AUTH_RESPONSE:  <token:bytes>
 *     AUTH_CHALLENGE: <token:bytes>
 *     AUTH_SUCCESS:   <token:bytes>
 */
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

export function writeAuthenticate(writer: ByteWriter, authenticator: string): void {
  writer.putString(authenticator)
}

export function readAuthenticate(reader: ByteReader): string {
  return reader.readString('authenticator')
}

export function writeAuthResponse(writer: ByteWriter, token: Uint8Array | null): void {
  writer.putBytes(token)
}

export function readAuthResponse(reader: ByteReader): Buffer | null {
  return readToken(reader)
}

export function writeAuthChallenge(writer: ByteWriter, token: Uint8Array | null): void {
  writer.putBytes(token)
}

export function readAuthChallenge(reader: ByteReader): Buffer | null {
  return readToken(reader)
}

export function writeAuthSuccess(writer: ByteWriter, token: Uint8Array | null): void {
  writer.putBytes(token)
}

export function readAuthSuccess(reader: ByteReader): Buffer | null {
  return readToken(reader)
}

/** A copy: an authenticator may keep it. */
function readToken(reader: ByteReader): Buffer | null {
  const token = reader.readBytes('token')
  return token === null ? null : Buffer.from(token)
}
