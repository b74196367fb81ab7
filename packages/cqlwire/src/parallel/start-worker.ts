/** Starts a worker, as a process or as a thread, and hears how it ends. */
import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Channel } from './channel.js'
import type { WorkerInfo } from './errors.js'
import { PipeChannel } from './pipe-channel.js'
import { ThreadChannel } from './thread-channel.js'

export interface StartedWorker {
  readonly info: WorkerInfo
  readonly channel: Channel
  /** Ends it at once. */
  kill(): void
}

export interface WorkerPlan {
  readonly id: number
  readonly kind: 'process' | 'thread'
  /** Arguments of the runtime, before the file: loaders, flags. */
  readonly execArgv: readonly string[]
  readonly onPost: (frames: Buffer) => void
  /** Once, when it has ended and all that it said was heard; with what it ended of. */
  readonly onEnd: (reason: string, cause: Error | undefined) => void
}

const FILE = new URL('./worker.js', import.meta.url)

export function startWorker(plan: WorkerPlan): StartedWorker {
  return plan.kind === 'thread' ? startThread(plan) : startProcess(plan)
}

function startThread({ id, execArgv, onPost, onEnd }: WorkerPlan): StartedWorker {
  const worker = new Worker(FILE, { name: `cqlwire ParallelSession ${id}`, execArgv: [...execArgv] })
  const channel = new ThreadChannel(worker)
  let cause: Error | undefined
  let code = 0
  worker.on('error', (error) => (cause = error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', (exitCode) => (code = exitCode))
  channel.listen(onPost, () => onEnd(cause === undefined ? `exit code ${code}` : cause.message, cause))
  return { info: { id, kind: 'thread', pid: worker.threadId }, channel, kill: () => void worker.terminate() }
}

function startProcess({ id, execArgv, onPost, onEnd }: WorkerPlan): StartedWorker {
  // What it prints is printed; the fourth file is the line.
  const child = spawn(process.execPath, [...execArgv, fileURLToPath(FILE)], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    windowsHide: true,
  })
  const channel = new PipeChannel(child.stdio[3] as Duplex)
  let reason: string | null = null
  let cause: Error | undefined
  let isClosed = false
  const endWhenBoth = (): void => {
    if (reason !== null && isClosed) onEnd(reason, cause)
  }
  child.on('error', (error) => {
    cause = error
    reason ??= error.message
    endWhenBoth()
  })
  child.on('exit', (code, signal) => {
    reason ??= signal ?? `exit code ${code}`
    endWhenBoth()
  })
  channel.listen(onPost, () => {
    isClosed = true
    if (reason === null) child.kill('SIGKILL') // a worker without a line is of no use
    endWhenBoth()
  })
  return { info: { id, kind: 'process', pid: child.pid ?? 0 }, channel, kill: () => child.kill('SIGKILL') }
}
