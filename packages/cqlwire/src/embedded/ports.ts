import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedCassandraError } from './embedded-error.js'

/** Rejects with a clear error where something listens at the address and port already, or the address is not one of this machine. */
export async function assertPortFree(address: string, port: number, option: string): Promise<void> {
  const code = await tryListen(address, port)
  if (code === null) return
  if (code === 'EADDRINUSE') {
    throw new EmbeddedCassandraError(
      `${address}:${port} is taken: another program listens there, perhaps a Cassandra. Stop it, or give another \`${option}\` or \`firstAddress\`.`,
      { code: 'ERR_PORT_TAKEN', address },
    )
  }
  const alias = process.platform === 'darwin' ? ` macOS has 127.0.0.1 alone until told: sudo ifconfig lo0 alias ${address}` : ''
  throw new EmbeddedCassandraError(`Can't listen on ${address}:${port} (${code}).${alias}`, { code: 'ERR_PORT_UNUSABLE', address })
}

/** Waits until the port can be listened on again. A killed JVM is a zombie before its sockets are gone. */
export async function waitUntilPortFree(address: string, port: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while ((await tryListen(address, port)) === 'EADDRINUSE') {
    if (Date.now() > deadline) return false
    await delay(50)
  }
  return true
}

/** A port that is free on every one of the addresses at this moment; below those that systems give to outgoing connections. */
export async function findFreePort(addresses: readonly string[]): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(20_000, 32_000)
    const codes = await Promise.all(addresses.map((address) => tryListen(address, port)))
    if (codes.every((code) => code === null)) return port
    const unusable = codes.findIndex((code) => code !== null && code !== 'EADDRINUSE')
    if (unusable !== -1) await assertPortFree(addresses[unusable] as string, port, 'port')
  }
  throw new EmbeddedCassandraError(`No port from 20000 to 32000 was free on ${addresses.join(', ')}`, { code: 'ERR_PORT_TAKEN' })
}

/** Null where listening works, else the error's code. */
function tryListen(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}
