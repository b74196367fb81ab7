import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issue } from './x509.js'

/** What a client needs for a TLS connection: PEM texts, as `tls.connect` takes them, and the files that hold the same. */
export interface EmbeddedTls {
  /** The certificate of the authority that signed the servers' one. */
  readonly ca: string
  /** The client's certificate; wanted where `clientAuth` is on. */
  readonly cert: string
  readonly key: string
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string }
}

/** Who the client's certificate says it is, for authenticators that ask certificates (`MutualTlsAuthenticator` with SPIFFE identities). */
export const CLIENT_IDENTITY = 'spiffe://cqlwire.test/client'

/** Certificates of a cluster: the client's part, and the file with the servers' key and certificate. */
export interface ClusterCertificates {
  readonly client: EmbeddedTls
  readonly serverFile: string
}

/** Makes an authority, one certificate for the servers (their addresses and `localhost`), one for a client; writes them as PEM files. */
export async function makeCertificates(directory: string, addresses: readonly string[]): Promise<ClusterCertificates> {
  const authority = issue({ kind: 'authority', commonName: 'cqlwire test authority' })
  const server = issue({ kind: 'server', commonName: 'cqlwire test server', issuer: authority, names: ['localhost'], addresses })
  const client = issue({ kind: 'client', commonName: 'cqlwire test client', issuer: authority, uris: [CLIENT_IDENTITY] })
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
