/** A server that is never the bottleneck: it answers from bytes made beforehand, on a core of its own. Its sources are in fast-server/. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { benchmarks, cacheFolder } from '../cache.js'
import { fastTables } from './fast-tables.js'
import type { BenchServer } from './server.js'

const host = '127.0.0.1'
const localDataCenter = 'dc1'

/** The server can't be built here: Rust is missing, or its packages can't be had. */
export class NoFastServerError extends Error {}

/** How a slower server would answer: see fast-server/src/service.rs. */
export interface Service {
  /** Requests that are worked on together; 0: any number. */
  readonly slots: number
  /** On each of them. */
  readonly workMs: number
  /** With so many in the server, a further one is answered OVERLOADED. Default: none is. */
  readonly most?: number
  /** So long after the first request, the work takes another time. */
  readonly change?: { readonly afterMs: number; readonly workMs: number }
}

export interface FastServerOptions {
  /** Several nodes listen on 127.0.0.1, 127.0.0.2 and so on. */
  readonly nodes?: number
  /** Null: it answers at once. */
  readonly service?: Service | null
}

export async function fastServer(
  signal: AbortSignal,
  note: (line: string) => void,
  { nodes = 1, service = null }: FastServerOptions = {},
): Promise<BenchServer> {
  built ??= build(note)
  const { program, hasTls } = built
  const [port, tlsPort] = [await freePort(), await freePort()]
  const folder = mkdtempSync(`${tmpdir()}/cqlwire-bench-`)
  const tables = `${folder}/tables.txt`
  const certificate = `${folder}/certificate.pem`
  writeFileSync(tables, fastTables({ nodes, port, localDataCenter }))
  const args = ['--port', port, '--nodes', nodes, '--tables', tables]
  if (hasTls) args.push('--tls-port', tlsPort, '--certificate', certificate)
  if (service !== null) args.push(...serviceArguments(service))
  const child = spawn(program, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'], signal })
  child.on('error', () => undefined) // an abort; a failed start shows below
  await firstLine(child)
  const authority = hasTls ? readFileSync(certificate, 'utf8') : null
  rmSync(folder, { recursive: true })
  return {
    host,
    port,
    localDataCenter,
    tls: authority === null ? null : { port: tlsPort, authority },
    description: `the fast server, which answers from bytes made beforehand${nodes === 1 ? '' : `, ${nodes} nodes`}`,
    answersFromMemory: true,
    pids: child.pid === undefined ? [] : [child.pid],
    [Symbol.asyncDispose]: () => stopped(child),
  }
}

function serviceArguments({ slots, workMs, most = 0, change }: Service): (string | number)[] {
  const args = ['--slots', slots, '--service-us', workMs * 1_000, '--most', most]
  return change === undefined ? args : [...args, '--change-after-ms', change.afterMs, '--change-service-us', change.workMs * 1_000]
}

interface Built {
  readonly program: string
  readonly hasTls: boolean
}

/** Once in a process, however many servers it starts. */
let built: Built | null = null

/** With TLS, which takes a C compiler besides Rust; else without. */
function build(note: (line: string) => void): Built {
  note('building the fast server (cargo) ...')
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new NoFastServerError('The fast server is written in Rust, and there is no cargo on the PATH')
  for (const hasTls of [true, false]) {
    const target = cacheFolder(hasTls ? 'fast-server' : 'fast-server-without-tls')
    const args = ['build', '--release', '--quiet', '--manifest-path', `${benchmarks}fast-server/Cargo.toml`, '--target-dir', target]
    const { status } = spawnSync('cargo', hasTls ? [...args, '--features', 'tls'] : args, {
      stdio: ['ignore', process.stderr, process.stderr],
    })
    if (status === 0) return { program: `${target}/release/fast-server`, hasTls }
    if (hasTls) note('it could not be built with TLS: cells with TLS are left out')
  }
  throw new NoFastServerError('The fast server could not be built: the errors of cargo are above')
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
    child.stdin!.end()
  })
}
