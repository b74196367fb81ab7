import type { ServerChoice } from '../bench-options.js'
import type { BenchServer } from './server.js'

/** The server that was asked for. Each kind is loaded only where it is used. */
export async function openServer(choice: ServerChoice, signal: AbortSignal, note: (line: string) => void): Promise<BenchServer> {
  if (choice.kind === 'fast') return (await import('./fast-server.js')).fastServer(signal, note)
  if (choice.kind === 'embedded') return (await import('./embedded-server.js')).embeddedServer(signal, note)
  return (await import('./given-server.js')).givenServer(choice.contactPoint, choice.localDataCenter)
}
