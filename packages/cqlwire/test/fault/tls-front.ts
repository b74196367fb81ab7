/** A TLS end in front of a fake node: the node itself speaks plain text. */
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import tls from 'node:tls'
import { type Certificate, issue } from '../../src/embedded/x509.js'

export const authority = issue({ kind: 'authority', commonName: 'test authority' })

/** A server's certificate, for 127.0.0.1 unless told otherwise. */
export function serverCertificate(options: Partial<Parameters<typeof issue>[0]> = {}): Certificate {
  return issue({ kind: 'server', commonName: 'node', issuer: authority, addresses: ['127.0.0.1'], ...options })
}

export class TlsFront implements AsyncDisposable {
  /** The name that each client asked for, '' for none, and whether its session was resumed. */
  readonly clients: { readonly name: string; readonly resumed: boolean; readonly protocol: string | null }[] = []
  readonly #server: tls.Server
  readonly #sockets = new Set<Socket>()

  private constructor(target: { readonly address: string; readonly port: number }, options: tls.TlsOptions) {
    this.#server = tls.createServer(options, (client) => {
      this.clients.push({ name: client.servername || '', resumed: client.isSessionReused(), protocol: client.getProtocol() })
      const node = connect(target.port, target.address)
      for (const [socket, other] of [
        [client, node],
        [node, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => (this.#sockets.delete(socket), other.destroy()))
        socket.pipe(other)
      }
    })
    this.#server.on('tlsClientError', () => {})
  }

  static async to(target: { readonly address: string; readonly port: number }, options: tls.TlsOptions = {}): Promise<TlsFront> {
    const own = serverCertificate()
    const front = new TlsFront(target, { cert: own.pem, key: own.keyPem, ...options })
    front.#server.listen(0, '127.0.0.1')
    await once(front.#server, 'listening')
    return front
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From the next connection on. */
  useCertificate({ pem, keyPem }: Certificate): void {
    this.#server.setSecureContext({ cert: pem, key: keyPem })
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.cut()
    await closed
  }
}
