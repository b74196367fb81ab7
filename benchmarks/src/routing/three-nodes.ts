/** The server of the routing run: of three nodes, unless the user names another one. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ServerChoice } from '../bench-options.js'
import { fastServer } from '../servers/fast-server.js'
import { openServer } from '../servers/open-server.js'
import type { BenchServer } from '../servers/server.js'

const nodes = 3
const program = fileURLToPath(new URL('fake-cluster-process.js', import.meta.url))

export async function threeNodes(choice: ServerChoice, signal: AbortSignal, note: (line: string) => void): Promise<BenchServer> {
  if (choice.kind !== 'fast') return openServer(choice, signal, note)
  try {
    return await fastServer(signal, note, { nodes })
  } catch (error) {
    if (signal.aborted) throw error
    note(`${error instanceof Error ? error.message : String(error)}\nA fake cluster of cqlwire/testing answers instead; it is slower.`)
    return fakeCluster(signal)
  }
}

async function fakeCluster(signal: AbortSignal): Promise<BenchServer> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], signal })
  child.on('error', () => undefined) // an abort; a failed start shows below
  const port = Number(await firstLine(child))
  return {
    host: '127.0.0.1',
    port,
    localDataCenter: 'dc1',
    tls: null,
    description: 'a fake cluster of cqlwire/testing, three nodes',
    answersFromMemory: true,
    pids: child.pid === undefined ? [] : [child.pid],
    [Symbol.asyncDispose]: () => ended(child),
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', (code, name) => reject(new Error(`The fake cluster ended at its start (${name ?? `exit code ${code}`})`)))
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.stdin!.end()
  })
}
