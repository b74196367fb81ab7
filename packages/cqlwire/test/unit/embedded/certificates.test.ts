import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { makeCertificates, type ClusterCertificates } from '../../../src/embedded/certificates.js'
import { Scratch } from './scratch.js'

describe('certificates made at a start', () => {
  let scratch: Scratch
  let made: ClusterCertificates
  let server: X509Certificate
  let serverPem: string
  before(async () => {
    scratch = await Scratch.make()
    made = await makeCertificates(scratch.path, ['127.0.0.1', '127.0.0.2'])
    serverPem = await readFile(made.serverFile, 'utf8')
    server = new X509Certificate(serverPem)
  })
  after(() => scratch.remove())

  it('are signed by the authority, which signs itself', () => {
    const authority = new X509Certificate(made.client.ca)
    const client = new X509Certificate(made.client.cert)
    assert.ok(authority.ca)
    for (const each of [authority, server, client]) {
      assert.ok(each.verify(authority.publicKey))
      assert.ok(each.checkIssued(authority))
    }
    assert.ok(client.checkPrivateKey(createPrivateKey(made.client.key)))
    assert.equal(client.verify(server.publicKey), false)
  })

  it("hold for the nodes' addresses and localhost, and no others", () => {
    assert.equal(server.checkIP('127.0.0.2'), '127.0.0.2')
    assert.equal(server.checkHost('localhost'), 'localhost')
    assert.equal(server.checkIP('127.0.0.3'), undefined)
    assert.equal(server.ca, false)
  })

  it('hold now', () => {
    assert.ok(new Date(server.validFrom).getTime() < Date.now())
    assert.ok(new Date(server.validTo).getTime() > Date.now() + 300 * 24 * 3_600_000)
  })

  it('carry a TLS connection on which both ends show one', async () => {
    const listening = createServer({ key: serverPem, cert: serverPem, ca: made.client.ca, requestCert: true, rejectUnauthorized: true })
    listening.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const { ca, cert, key } = made.client
    const accepted = once(listening, 'secureConnection') as Promise<[TLSSocket]>
    const socket = connect({ host: '127.0.0.1', port: (listening.address() as AddressInfo).port, ca, cert, key })
    await once(socket, 'secureConnect')
    const [peer] = await accepted
    assert.ok(socket.authorized)
    assert.ok(peer.authorized)
    socket.destroy()
    listening.close()
  })
})
