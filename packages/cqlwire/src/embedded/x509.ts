/** Certificates (RFC 5280) for tests and development: elliptic keys, signed by an authority that was made here too. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { bitString, boolean, integer, objectId, octetString, sequence, set, tagged, utcTime, utf8String } from './der.js'

export interface CertificateOptions {
  /** An authority signs others; the others are for one end of a connection. */
  readonly kind: 'authority' | 'server' | 'client'
  readonly commonName: string
  /** Default: none, the certificate signs itself. */
  readonly issuer?: Certificate
  /** What it is valid for (subjectAltName): DNS names, IPv4 addresses, URIs. Default: none. */
  readonly names?: readonly string[]
  readonly addresses?: readonly string[]
  readonly uris?: readonly string[]
  /** Default: yesterday. */
  readonly validFrom?: Date
  /** Default: in a year. */
  readonly validTo?: Date
}

export interface Certificate {
  readonly name: Buffer
  readonly privateKey: KeyObject
  readonly keyId: Buffer
  readonly pem: string
  readonly keyPem: string
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))
const dayMs = 24 * 3_600_000
const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

/** A certificate (RFC 5280, 4.1) with a key of its own. */
export function issue(options: CertificateOptions): Certificate {
  const { issuer, commonName, validFrom = new Date(Date.now() - dayMs), validTo = new Date(Date.now() + 365 * dayMs) } = options
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha1').update(spki).digest()
  const name = sequence(set(sequence(objectId('2.5.4.3'), utf8String(commonName))))
  const ids = [
    extension('2.5.29.14', false, octetString(keyId)),
    extension('2.5.29.35', false, sequence(tagged(0x80, issuer?.keyId ?? keyId))),
  ]
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    issuer?.name ?? name,
    sequence(utcTime(validFrom), utcTime(validTo)),
    name,
    spki,
    tagged(0xa3, sequence(...ids, ...extensionsOf(options))),
  )
  const signature = sign('sha256', content, issuer?.privateKey ?? privateKey)
  const pem = toPem(sequence(content, ecdsaWithSha256, bitString(signature)))
  return { name, privateKey, keyId, pem, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

function extensionsOf({ kind, names = [], addresses = [], uris = [] }: CertificateOptions): Buffer[] {
  // May sign certificates (keyCertSign is bit 5).
  if (kind === 'authority')
    return [extension('2.5.29.19', true, sequence(boolean(true))), extension('2.5.29.15', true, bitString(Buffer.from([0x04]), 2))]
  // May sign handshakes (digitalSignature is bit 0), for one purpose.
  const list = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bitString(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(objectId(purposes[kind]))),
  ]
  const subjects = [
    ...names.map((each) => tagged(0x82, Buffer.from(each))),
    ...uris.map((each) => tagged(0x86, Buffer.from(each))),
    ...addresses.map((each) => tagged(0x87, Buffer.from(each.split('.').map(Number)))),
  ]
  return subjects.length === 0 ? list : [...list, extension('2.5.29.17', false, sequence(...subjects))]
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
