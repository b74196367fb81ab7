import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bitString, boolean, integer, objectId, octetString, sequence, set, tagged, utcTime, utf8String } from './der.js'

/** What a client needs for a TLS connection: PEM texts, as `tls.connect` takes them, and the files that hold the same. */
export interface EmbeddedTls {
  /** The certificate of the authority that signed the servers' one. */
  readonly ca: string
  /** The client's certificate; wanted where `clientAuth` is on. */
  readonly cert: string
  readonly key: string
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string }
}

/** Certificates of a cluster: the client's part, and the file with the servers' key and certificate. */
export interface ClusterCertificates {
  readonly client: EmbeddedTls
  readonly serverFile: string
}

/** Makes an authority, one certificate for the servers (their addresses and `localhost`), one for a client; writes them as PEM files. */
export async function makeCertificates(directory: string, addresses: readonly string[]): Promise<ClusterCertificates> {
  const authority = issue('cqlwire test authority', null, authorityExtensions())
  const server = issue('cqlwire test server', authority, leafExtensions('1.3.6.1.5.5.7.3.1', addresses))
  const client = issue('cqlwire test client', authority, leafExtensions('1.3.6.1.5.5.7.3.2', []))
  await mkdir(directory, { recursive: true })
  const save = async (name: string, text: string): Promise<string> => {
    const path = join(directory, name)
    await writeFile(path, text, { mode: 0o600 })
    return path
  }
  const files = {
    ca: await save('ca.pem', authority.pem),
    cert: await save('client.pem', client.pem),
    key: await save('client-key.pem', client.keyPem),
  }
  const serverFile = await save('server.pem', server.keyPem + server.pem)
  return { client: { ca: authority.pem, cert: client.pem, key: client.keyPem, files }, serverFile }
}

/** `client_encryption_options` of cassandra.yaml. */
export function encryptionOptions(certificates: ClusterCertificates, clientAuth: boolean): Record<string, unknown> {
  return {
    enabled: true,
    optional: false,
    ssl_context_factory: { class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory' },
    keystore: certificates.serverFile,
    truststore: certificates.client.files.ca,
    require_client_auth: clientAuth,
  }
}

interface Issued {
  readonly name: Buffer
  readonly privateKey: KeyObject
  readonly keyId: Buffer
  readonly pem: string
  readonly keyPem: string
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'))
const yearMs = 365 * 24 * 3_600_000

/** A certificate (RFC 5280, 4.1) with a key of its own, signed by the issuer or, without one, by itself. */
function issue(commonName: string, issuer: Issued | null, extensions: readonly Buffer[]): Issued {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha1').update(spki).digest()
  const name = sequence(set(sequence(objectId('2.5.4.3'), utf8String(commonName))))
  const now = Date.now()
  const ids = [
    extension('2.5.29.14', false, octetString(keyId)),
    extension('2.5.29.35', false, sequence(tagged(0x80, issuer?.keyId ?? keyId))),
  ]
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    issuer?.name ?? name,
    sequence(utcTime(new Date(now - 24 * 3_600_000)), utcTime(new Date(now + yearMs))),
    name,
    spki,
    tagged(0xa3, sequence(...ids, ...extensions)),
  )
  const signature = sign('sha256', content, issuer?.privateKey ?? privateKey)
  const pem = toPem(sequence(content, ecdsaWithSha256, bitString(signature)))
  return { name, privateKey, keyId, pem, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

/** May sign certificates (keyCertSign is bit 5). */
function authorityExtensions(): Buffer[] {
  return [extension('2.5.29.19', true, sequence(boolean(true))), extension('2.5.29.15', true, bitString(Buffer.from([0x04]), 2))]
}

/** May sign handshakes (digitalSignature is bit 0), for one purpose; valid for the addresses and `localhost`, where there are addresses. */
function leafExtensions(purpose: string, addresses: readonly string[]): Buffer[] {
  const list = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bitString(Buffer.from([0x80]), 7)),
    extension('2.5.29.37', false, sequence(objectId(purpose))),
  ]
  if (addresses.length === 0) return list
  const names = addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number))))
  return [...list, extension('2.5.29.17', false, sequence(tagged(0x82, Buffer.from('localhost')), ...names))]
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
