/** Runs one client on one cell, in a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClientJob, ClientReport } from './client-process.js'
import { pinned } from './pinning.js'

const program = fileURLToPath(new URL('client-process.js', import.meta.url))
const startAndEndMs = 30_000

/** `core` null: on any core. Rejects with the client's own error where it fails. */
export async function runClient(job: ClientJob, core: number | null, signal: AbortSignal): Promise<ClientReport> {
  const timeoutMs = job.warmUpMs * 2 + job.measureMs + startAndEndMs
  return JSON.parse(await runProgram(program, JSON.stringify(job), { core, timeoutMs, signal })) as ClientReport
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
export function runProgram(file: string, argument: string, { core, timeoutMs, signal, nodeFlags = [] }: ProgramOptions): Promise<string> {
  const [command, ...rest] = pinned(core, [process.execPath, '--enable-source-maps', ...nodeFlags, file, argument])
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], signal, timeout: timeoutMs, killSignal: 'SIGKILL' })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.on('error', reject)
    child.on('close', (code, name) => {
      if (signal.aborted) reject(signal.reason as Error)
      else if (code === 0) resolve(output.trimEnd().split('\n').at(-1)!)
      else
        reject(
          new Error(errors.trim() || `it ended with ${name === null ? `exit code ${code}` : `${name}, after ${timeoutMs} ms at most`}`),
        )
    })
  })
}
