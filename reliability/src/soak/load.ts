/** Runs the jobs of a soak, each at its own rate, and counts how they end. */
import { nameOf } from '../ledger/outcomes.js'
import type { Job, SoakContext } from './jobs.js'

export interface JobFigures {
  readonly name: string
  readonly runs: number
  readonly done: number
  /** Ended in an error of the driver, as some must while the node is away. */
  readonly failed: number
  readonly pending: number
}

export interface LoadFigures {
  readonly jobs: readonly JobFigures[]
  readonly requests: number
  /** Name of an error → how many runs ended in it. */
  readonly errors: ReadonlyMap<string, number>
}

interface Count {
  runs: number
  done: number
  failed: number
}

/** Of the problems' texts; the rest is counted. */
const PROBLEMS_KEPT = 20

export class Load {
  readonly problems: string[] = []
  readonly #jobs: readonly Job[]
  readonly #context: SoakContext
  readonly #isExcused: (error: unknown) => boolean
  readonly #counts = new Map<Job, Count>()
  readonly #errors = new Map<string, number>()
  readonly #running = new Set<Promise<void>>()
  readonly #timers: NodeJS.Timeout[] = []

  /** `isExcused`: whether a job may end in this error. */
  constructor(jobs: readonly Job[], context: SoakContext, isExcused: (error: unknown) => boolean) {
    this.#jobs = jobs
    this.#context = context
    this.#isExcused = isExcused
    for (const job of jobs) this.#counts.set(job, { runs: 0, done: 0, failed: 0 })
  }

  start(): void {
    for (const job of this.#jobs) this.#timers.push(setInterval(() => this.#run(job), 1000 / job.rate))
  }

  /** Starts no more, and waits for those that run; what has no end by then is a problem. */
  async stop(waitMs: number): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    let timer: NodeJS.Timeout | undefined
    await Promise.race([Promise.all(this.#running), new Promise((resolve) => (timer = setTimeout(resolve, waitMs)))])
    clearTimeout(timer)
    for (const { name, pending } of this.figures.jobs) if (pending > 0) this.problems.push(`${name}: ${pending} runs never ended`)
  }

  get counts(): { readonly requests: number; readonly errors: number } {
    let requests = 0
    let errors = 0
    for (const [job, { done, failed }] of this.#counts) {
      requests += done * job.requests
      errors += failed
    }
    return { requests, errors }
  }

  get figures(): LoadFigures {
    const jobs = [...this.#counts].map(([{ name }, count]) => ({ name, ...count, pending: count.runs - count.done - count.failed }))
    return { jobs, requests: this.counts.requests, errors: this.#errors }
  }

  #run(job: Job): void {
    const count = this.#counts.get(job)!
    count.runs++
    const running: Promise<void> = job
      .run(this.#context)
      .then(
        () => void count.done++,
        (error: unknown) => {
          count.failed++
          const name = nameOf(error)
          this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1)
          if (!this.#isExcused(error) && this.problems.length < PROBLEMS_KEPT) this.problems.push(`${job.name}: ${String(error)}`)
        },
      )
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }
}
