/** Runs one client on one cell, in a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { lookAtCpu, othersBusy, slowness, type CpuLook } from './calm.js'
import type { ClientJob, ClientReport } from './client-process.js'
import { allClients } from './clients/all-clients.js'
import { peerCommand, peerReport, warmUpOf, type Command } from './peers.js'
import { pinned } from './pinning.js'

const program = fileURLToPath(new URL('client-process.js', import.meta.url))
const startAndEndMs = 30_000
const lookEveryMs = 200

export interface Surroundings {
  /** Null: on any core. */
  readonly core: number | null
  /** The server's processes. */
  readonly serverPids: readonly number[]
  /** What runs the clients that are JavaScript, with its flags. */
  readonly runtime: Command
  readonly signal: AbortSignal
}

/** A report, with what went on beside it. */
export interface WatchedReport extends ClientReport {
  /** Cores that others kept busy meanwhile, on average; null where that can't be known. */
  readonly othersBusy: number | null
  /** CPU time of a fixed loop right after the run, over the least that it took in this process. */
  readonly slowness: number
}

/** Rejects with the client's own error where it fails. */
export async function runClient(job: ClientJob, { core, serverPids, runtime, signal }: Surroundings): Promise<WatchedReport> {
  const entry = allClients[job.client]!
  const isNode = entry.load !== null
  const command: Command = isNode ? [...runtime, program, JSON.stringify(job)] : peerCommand(job)
  const timeoutMs = warmUpOf(job.client, job.warmUpMs) * 2 + job.measureMs + startAndEndMs
  let first: CpuLook | null = null
  let last: CpuLook | null = null
  const onLook = (pid: number): void => {
    const look = lookAtCpu([pid, ...serverPids])
    first ??= look
    last = look ?? last
  }
  const line = await runCommand(pinned(entry.unpinned === true ? null : core, command), { timeoutMs, signal, onLook })
  const report = isNode ? (JSON.parse(line) as ClientReport) : peerReport(line)
  return { ...report, othersBusy: entry.unpinned === true ? null : othersBusy(first, last), slowness: slowness() }
}

export interface ProgramOptions {
  /** Null: on any core. */
  readonly core: number | null
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** For Node itself. Default: none. */
  readonly nodeFlags?: readonly string[]
}

/** The last line that a program of this folder prints. */
export const runProgram = (file: string, argument: string, { core, nodeFlags = [], ...options }: ProgramOptions): Promise<string> =>
  runCommand(pinned(core, [process.execPath, '--enable-source-maps', ...nodeFlags, file, argument]), options)

interface CommandOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Called again and again while it runs. */
  readonly onLook?: (pid: number) => void
}

/** The last line that it prints. */
function runCommand([command, ...args]: Command, { timeoutMs, signal, onLook }: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, timeout: timeoutMs, killSignal: 'SIGKILL' })
    const looks = onLook === undefined || child.pid === undefined ? null : setInterval(() => onLook(child.pid!), lookEveryMs)
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.on('error', reject)
    child.on('close', (code, name) => {
      if (looks !== null) clearInterval(looks)
      if (signal.aborted) reject(signal.reason as Error)
      else if (code === 0) resolve(output.trimEnd().split('\n').at(-1)!)
      else
        reject(
          new Error(errors.trim() || `it ended with ${name === null ? `exit code ${code}` : `${name}, after ${timeoutMs} ms at most`}`),
        )
    })
  })
}
