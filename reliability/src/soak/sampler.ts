/** Looks at this process every few seconds: memory, handles, delay of the event loop, requests. */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks'
import { openFileDescriptors, openResources } from '../watch/residue.js'

export interface Sample {
  /** Since the start. */
  readonly seconds: number
  readonly rssMiB: number
  readonly heapMiB: number
  /** After a full collection, every few samples; else null. */
  readonly collectedHeapMiB: number | null
  readonly buffersMiB: number
  readonly sockets: number
  readonly timers: number
  readonly fileDescriptors: number | null
  /** Since the sample before; the time of the collections is left out. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly requestsPerSecond: number
  readonly errorsPerSecond: number
  readonly inFlight: number
}

/** Counts of the load since the start. */
export interface LoadCounts {
  readonly requests: number
  readonly errors: number
  readonly inFlight: number
}

/** The histogram's own timer; its period is in what it records. */
const RESOLUTION_MS = 10
/** Every so many samples, the collector runs. */
const COLLECT_EVERY = 5

const MIB = 2 ** 20

export class Sampler {
  readonly samples: Sample[] = []
  readonly #counts: () => LoadCounts
  readonly #delay: IntervalHistogram
  readonly #began = performance.now()
  readonly #timer: NodeJS.Timeout
  #last: { readonly at: number; readonly counts: LoadCounts }

  constructor(everyMs: number, counts: () => LoadCounts, onSample: (sample: Sample) => void) {
    this.#counts = counts
    this.#last = { at: this.#began, counts: counts() }
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    this.#delay.enable()
    this.#timer = setInterval(() => onSample(this.#take()), everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }

  #take(): Sample {
    const loopDelayMs = this.#loopDelay()
    const now = performance.now()
    const counts = this.#counts()
    const seconds = (now - this.#last.at) / 1000
    const heap = process.memoryUsage()
    const isCollecting = this.samples.length % COLLECT_EVERY === 0
    if (isCollecting) globalThis.gc?.()
    const resources = openResources()
    const sample: Sample = {
      seconds: (now - this.#began) / 1000,
      rssMiB: heap.rss / MIB,
      heapMiB: heap.heapUsed / MIB,
      collectedHeapMiB: isCollecting ? process.memoryUsage().heapUsed / MIB : null,
      buffersMiB: heap.arrayBuffers / MIB,
      sockets: (resources.get('TCPSocketWrap') ?? 0) + (resources.get('TCPServerWrap') ?? 0),
      timers: resources.get('Timeout') ?? 0,
      fileDescriptors: openFileDescriptors(),
      loopDelayMs,
      requestsPerSecond: (counts.requests - this.#last.counts.requests) / seconds,
      errorsPerSecond: (counts.errors - this.#last.counts.errors) / seconds,
      inFlight: counts.inFlight,
    }
    this.samples.push(sample)
    this.#last = { at: now, counts }
    this.#delay.reset()
    return sample
  }

  #loopDelay(): Sample['loopDelayMs'] {
    const above = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    return { p50: above(this.#delay.percentile(50)), p99: above(this.#delay.percentile(99)), max: above(this.#delay.max) }
  }
}
