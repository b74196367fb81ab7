/** What an error of a socket means, and what to do about it. */

const UNKNOWN_AUTHORITY =
  "the certificate is not signed by a known authority; give the authority's certificate as tls.ca, or have the node send the whole chain"
const OWN_CERTIFICATE =
  "the node does not take the client's certificate; is tls.cert signed by an authority that the node trusts, and in time?"

const PLAIN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; nothing listens there (is the node up, and native_transport_port right?)',
  ENOENT: 'there is no such socket (is what listens on it running?)',
  ENOTFOUND: 'the name does not resolve',
}

const TLS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate is not for this name; give the name that it is for as tls.servername, a tls.checkServerIdentity of your own, or the node a certificate with its address',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: 'another authority than the one in tls.ca signed the certificate, under the same name',
  CERT_HAS_EXPIRED: 'the certificate of the node, or of its authority, is out of date; renew it (or is the clock of this machine wrong?)',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet (is the clock of this machine right?)',
  CERT_REVOKED: 'the certificate was revoked (tls.crl)',
  INVALID_PURPOSE: 'the certificate is not one for servers (extended key usage)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the node does not speak TLS on this port: leave the option tls out, or take the port with encryption',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the node does not speak TLS on this port: leave the option tls out, or take the port with encryption',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the node and the client have no version of TLS in common (tls.minVersion, TLSv1.2 unless given)',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the node and the client have no version of TLS in common (tls.minVersion, TLSv1.2 unless given)',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the node wants a certificate of the client; give tls.cert and tls.key',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: OWN_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: `the node wants a certificate of the client (tls.cert, tls.key), or does not take the one it got`,
  ERR_SSL_SSL_ALERT_BAD_CERTIFICATE: `the node wants a certificate of the client (tls.cert, tls.key), or does not take the one it got`,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: OWN_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: OWN_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the node and the client could not agree; does the node want a certificate of the client (tls.cert, tls.key), or other ciphers (tls.ciphers)?',
}

interface SocketError {
  readonly code?: string | undefined
  readonly message: string
}

/** The error's own words, then what to do. */
export function explainSocketError({ code = '', message }: SocketError): string {
  const plain = PLAIN[code]
  if (plain !== undefined) return plain
  const hint = TLS[code] ?? (message.includes('before secure TLS connection') ? CLOSED_IN_HANDSHAKE : undefined)
  // OpenSSL prefixes its words with addresses and file names.
  const words = /^[0-9A-F]+:error:[^:]*:[^:]*:(.*?):\S*:\d+:/s.exec(message)?.[1] ?? message
  return hint === undefined ? words : `${words.trim()} (${code === '' ? 'ERR_TLS' : code}): ${hint}`
}

const CLOSED_IN_HANDSHAKE =
  'the node closed the connection during the TLS handshake; does it speak TLS on this port, and want a certificate of the client (tls.cert, tls.key)?'

/** The trouble is one of TLS: another version of CQL's protocol would not help. */
export function isTlsError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && (code in TLS || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
}

/** The bytes begin like an alert of TLS (RFC 8446, 5.1: content type 21, version 3.x), which plain CQL never does. */
export function looksLikeTls(bytes: Uint8Array, count: number): boolean {
  return count >= 2 && (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03
}
