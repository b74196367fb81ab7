/** A run: targets over processes, watched from outside, so that an input that hangs or exhausts one is found like any other. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Failure } from './judge.js'
import { CurrentInput, type Job, type Progress, type Report } from './messages.js'

export interface FuzzRun {
  /** The URL of the module that has the targets, as `targets`. */
  readonly module: string
  readonly names: readonly string[]
  /** See `FuzzTarget.share`, by name. */
  readonly shares?: ReadonlyMap<string, number>
  /** Over all targets. */
  readonly inputs: number
  readonly seed: number
  readonly workers: number
  /** Milliseconds for all of it; no limit by default. */
  readonly ms?: number
  /** Milliseconds that one input may take before its process is ended; 10,000 by default. */
  readonly hangMs?: number
  readonly onProgress?: (targets: readonly Progress[]) => void
}

export interface FuzzSummary {
  readonly targets: readonly Progress[]
  readonly failures: readonly Failure[]
}

const LOOK_EVERY_MS = 250
/** MiB: a target that needs more has lost all proportion. */
const MOST_HEAP_MB = 1024

export async function fuzz(run: FuzzRun): Promise<FuzzSummary> {
  const { names, inputs, seed, ms = 0x7fff_ffff, workers, onProgress } = run
  const progress = new Map<string, Progress>(names.map((name) => [name, { name, tried: 0, kept: 0, blocks: 0 }]))
  const failures: Failure[] = []
  const shareOf = (name: string): number => run.shares?.get(name) ?? 1
  const each = inputs / names.reduce((sum, name) => sum + shareOf(name), 0)
  const jobs = names.map((name, i): Job => ({
    name,
    inputs: Math.ceil(each * shareOf(name)),
    seed: seed + i,
    ms: (ms * workers) / names.length,
  }))
  const take = (report: Report): void => {
    progress.set(report.name, report)
    failures.push(...report.failures)
    onProgress?.([...progress.values()])
  }
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-fuzz-'))
  const lane = async (_: unknown, number: number): Promise<void> => {
    while (jobs.length > 0) {
      const worker = new FuzzWorker(run, join(folder, `input-${number}`))
      const failure = await worker.work(jobs, take)
      if (failure !== null) failures.push(failure)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(workers, names.length) }, lane))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { targets: [...progress.values()], failures }
}

class FuzzWorker {
  readonly #hangMs: number
  readonly #file: string
  readonly #process: ChildProcess
  readonly #ready: Promise<void>
  #said = ''
  #last = -1
  #since = 0

  constructor({ module, hangMs = 10_000 }: FuzzRun, file: string) {
    this.#hangMs = hangMs
    this.#file = file
    CurrentInput.remove(file)
    this.#process = fork(fileURLToPath(new URL('./worker.js', import.meta.url)), [module, file], {
      execArgv: ['--enable-source-maps', `--max-old-space-size=${MOST_HEAP_MB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Counters of another kind of coverage would reset those that guide.
      env: { ...process.env, NODE_V8_COVERAGE: '' },
    })
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#said = (this.#said + text).slice(-4000)))
    this.#ready = new Promise((resolve) => this.#process.once('message', () => resolve()))
  }

  /** Does jobs until there are none, or until one ends the process: then that failure is the result. */
  async work(jobs: Job[], take: (report: Report) => void): Promise<Failure | null> {
    try {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
        const failure = await this.#do(job, take)
        if (failure !== null) return failure
      }
      return null
    } finally {
      this.#process.removeAllListeners()
      this.#process.kill('SIGKILL')
    }
  }

  async #do(job: Job, take: (report: Report) => void): Promise<Failure | null> {
    const child = this.#process
    return await new Promise((resolve) => {
      const watch = setInterval(() => {
        if (this.#stands()) end(this.#failure(job, 'hang', `takes more than ${this.#hangMs} ms`))
      }, LOOK_EVERY_MS)
      const end = (failure: Failure | null): void => {
        clearInterval(watch)
        child.removeAllListeners()
        resolve(failure)
      }
      child.on('close', (code, signal) => {
        const isMemory = this.#said.includes('heap out of memory')
        const message = isMemory ? `needs more than ${MOST_HEAP_MB} MiB` : `ends the process (${signal ?? code}): ${this.#said}`
        end(this.#failure(job, isMemory ? 'memory' : 'crash', message))
      })
      this.#since = performance.now()
      void this.#ready.then(() => {
        child.on('message', (report: Report) => {
          take(report)
          if (report.isDone) end(null)
        })
        child.send(job)
      })
    })
  }

  /** Whether the process has been at one input for too long. */
  #stands(): boolean {
    const number = CurrentInput.read(this.#file)?.number ?? -1
    if (number !== this.#last) {
      this.#last = number
      this.#since = performance.now()
    }
    // Starting takes its time, the more so on a busy machine.
    return performance.now() - this.#since > this.#hangMs + (number < 0 ? 30_000 : 0)
  }

  #failure(job: Job, kind: Failure['kind'], message: string): Failure {
    return { target: job.name, kind, message, input: CurrentInput.read(this.#file)?.input ?? Buffer.alloc(0) }
  }
}
