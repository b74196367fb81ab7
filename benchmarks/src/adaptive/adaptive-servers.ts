/** The servers that `concurrency: 'auto'` is tried on. */
import type { Service } from '../servers/fast-server.js'

export interface AdaptiveServer {
  readonly about: string
  /** Null: it answers at once. `warmUpMs`: when the measured window begins, about. */
  service(warmUpMs: number): Service | null
}

const workMs = 5
const slowMs = 50
/** A change comes so long before the measured window: answers that were under way count for nobody. */
const beforeMs = 100
const justBefore = (warmUpMs: number): number => Math.max(1, warmUpMs - beforeMs)

export const adaptiveServers: Readonly<Record<string, AdaptiveServer>> = {
  fast: { about: 'it answers at once: the client’s core is the limit', service: () => null },
  slow: { about: `64 requests at a time, ${workMs} ms each`, service: () => ({ slots: 64, workMs }) },
  far: { about: `${workMs} ms for each, however many there are`, service: () => ({ slots: 0, workMs }) },
  'suddenly-slow': {
    about: `64 requests at a time, ${workMs} ms each, and ${slowMs} ms from 100 ms before the measured window on`,
    service: (warmUpMs) => ({ slots: 64, workMs, change: { afterMs: justBefore(warmUpMs), workMs: slowMs } }),
  },
  'suddenly-fast': {
    about: `64 requests at a time, ${slowMs} ms each, and ${workMs} ms from 100 ms before the measured window on`,
    service: (warmUpMs) => ({ slots: 64, workMs: slowMs, change: { afterMs: justBefore(warmUpMs), workMs } }),
  },
  overloaded: {
    about: `64 requests at a time, ${workMs} ms each; above 100 it answers OVERLOADED`,
    service: () => ({ slots: 64, workMs, most: 100 }),
  },
}

/** What is in flight, fixed. */
export const levels: readonly number[] = [8, 16, 32, 64, 96, 128, 256, 512, 1024]
export const quickLevels: readonly number[] = [16, 64, 128, 1024]
