/** A server that is never the bottleneck: it answers from bytes made beforehand, on a core of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { BenchServer } from './server.js'

const host = '127.0.0.1'
const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Rust sources that stand beside a checkout of this repository in some places, not in it: see benchmarks/README.md. */
const sources = process.env['CQLWIRE_MOCKCQL'] ?? fileURLToPath(new URL('../shared/bench/mockcql/', `file://${root}`))
const targetFolder = fileURLToPath(new URL('benchmarks/.cache/mockcql/', `file://${root}`))

/** Several nodes listen on 127.0.0.1, 127.0.0.2 and so on. */
export async function fastServer(signal: AbortSignal, note: (line: string) => void, nodes = 1): Promise<BenchServer> {
  build(note)
  const port = await freePort()
  const args = ['--port', String(port), '--nodes', String(nodes)]
  const child = spawn(`${targetFolder}release/mockcql`, args, { stdio: ['ignore', 'pipe', 'inherit'], signal })
  child.on('error', () => undefined) // an abort; a failed start shows below
  await firstLine(child)
  return {
    target: { host, port, localDataCenter: 'dc1' },
    description: `mockcql, a fast server that answers from bytes made beforehand${nodes === 1 ? '' : `, ${nodes} nodes`}`,
    answersFromMemory: true,
    pids: child.pid === undefined ? [] : [child.pid],
    [Symbol.asyncDispose]: () => stopped(child),
  }
}

function build(note: (line: string) => void): void {
  if (!existsSync(`${sources}/Cargo.toml`)) {
    throw new Error(
      `The fast server's sources are not at ${sources}: set CQLWIRE_MOCKCQL to their folder, or measure against a real Cassandra (leave --server out)`,
    )
  }
  note('building the fast server (cargo) ...')
  const { status, error } = spawnSync('cargo', ['build', '--release', '--quiet', '--manifest-path', `${sources}/Cargo.toml`], {
    stdio: ['ignore', process.stderr, process.stderr],
    env: { ...process.env, CARGO_TARGET_DIR: targetFolder },
  })
  if (error !== undefined) throw new Error(`The fast server needs Rust's cargo on the PATH: ${error.message}`)
  if (status !== 0) throw new Error('The fast server could not be built: the errors of cargo are above')
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, host, () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

/** It prints one line when it listens. */
function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', () => resolve())
    child.once('error', reject)
    child.once('exit', (code, name) => reject(new Error(`The fast server ended at its start (${name ?? `exit code ${code}`})`)))
  })
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
