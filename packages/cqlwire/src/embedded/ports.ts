import { connect, createServer } from 'node:net'
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

/** Whether something accepts connections there. */
export function isListening(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

/** Null where listening works, else the error's code. */
function tryListen(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}
