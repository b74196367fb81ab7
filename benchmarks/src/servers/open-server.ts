import type { ServerChoice } from '../bench-options.js'
import type { BenchServer } from './server.js'

/** The server that was asked for. Each kind is loaded only where it is used. */
export async function openServer(choice: ServerChoice, signal: AbortSignal, note: (line: string) => void): Promise<BenchServer> {
  if (choice.kind === 'fast') return fastOrEmbedded(signal, note)
  if (choice.kind === 'embedded') return embedded(signal, note)
  return (await import('./given-server.js')).givenServer(choice.contactPoint, choice.localDataCenter)
}

async function fastOrEmbedded(signal: AbortSignal, note: (line: string) => void): Promise<BenchServer> {
  const { fastServer, NoFastServerError } = await import('./fast-server.js')
  try {
    return await fastServer(signal, note)
  } catch (error) {
    if (!(error instanceof NoFastServerError)) throw error
    note(`${error.message}. A real Cassandra answers instead: it sets the rate, so look at CPU time only.`)
    return embedded(signal, note)
  }
}

async function embedded(signal: AbortSignal, note: (line: string) => void): Promise<BenchServer> {
  return (await import('./embedded-server.js')).embeddedServer(signal, note)
}
