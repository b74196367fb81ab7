import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Guardian } from './guardian.js'

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One run of one JVM. */
export interface RunningProcess {
  readonly pid: number
  /** Set when the process has ended. */
  readonly end: ProcessEnd | null
  /** Resolves when the process has ended. Its sockets may live on for a moment. */
  readonly ended: Promise<ProcessEnd>
  signal(name: NodeJS.Signals): void
}

/** Waits for a word on its input, then becomes the program. Where the word never comes, because the parent died, it ends. */
const waitThenBecome = 'read -r go && exec "$@" </dev/null'

/**
 * Starts a program that cannot outlive this process: the guardian knows its number before it runs. It has a process group of its own,
 * so that Ctrl-C in a terminal reaches this process alone. Output is appended to the log file. It does not keep this process alive.
 * @throws the error of the operating system where not even the shell can be started.
 */
export async function startGuarded(command: readonly string[], log: string, cwd: string, guardian: Guardian): Promise<RunningProcess> {
  const output = openSync(log, 'a')
  let child: ChildProcess
  try {
    child = spawn('/bin/sh', ['-c', waitThenBecome, 'sh', ...command], { detached: true, cwd, stdio: ['pipe', output, output] })
  } finally {
    closeSync(output)
  }
  const run = watchProcess(child, guardian)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.unref()
  await guardian.watch(child.pid as number)
  child.stdin?.on('error', () => {})
  child.stdin?.end('go\n')
  return run
}

function watchProcess(child: ChildProcess, guardian: Guardian): RunningProcess {
  let end: ProcessEnd | null = null
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      end = { code, signal }
      guardian.forget(child.pid as number)
      resolve(end)
    })
  })
  return {
    get pid() {
      return child.pid as number
    },
    get end() {
      return end
    },
    ended,
    signal: (name) => {
      if (end === null) signalProcess(child.pid as number, name)
    },
  }
}

/** Not `child.kill`: on Deno that takes the process for ended after any signal, SIGSTOP too. */
function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended, and `exit` is on its way.
  }
}

/** Awaits something that by itself would not keep this process alive. */
export async function holdingTheProcess<T>(waitedFor: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, 60_000)
  try {
    return await waitedFor
  } finally {
    clearInterval(timer)
  }
}

/** `exit code 1`, `signal SIGKILL`. */
export function describeEnd(end: ProcessEnd | null): string {
  if (end === null) return 'running'
  return end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`
}
