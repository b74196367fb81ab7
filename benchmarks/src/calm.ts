/** Whether the machine is left to the measurement: nobody else on its cores, and no slower than it was. */
import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** Seconds of CPU time since the start of the machine: of all processes, and of some of them. Null where there is no /proc. */
export interface CpuLook {
  readonly atMs: number
  readonly allSeconds: number
  readonly ownSeconds: number
}

export function lookAtCpu(pids: readonly number[]): CpuLook | null {
  try {
    const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/\s+/)
    const all = [user, nice, system, irq, softirq, steal].reduce((sum, ticks) => sum + Number(ticks), 0)
    const own = pids.reduce((sum, pid) => sum + ticksOf(pid), 0)
    return { atMs: performance.now(), allSeconds: all / ticksPerSecond, ownSeconds: own / ticksPerSecond }
  } catch {
    return null
  }
}

/** User and system time of a process with its threads; those after the name, which may hold spaces. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Cores that others kept busy between two looks. */
export function othersBusy(from: CpuLook | null, to: CpuLook | null): number | null {
  if (from === null || to === null || to.atMs <= from.atMs) return null
  const others = to.allSeconds - from.allSeconds - (to.ownSeconds - from.ownSeconds)
  return Math.max(0, others) / ((to.atMs - from.atMs) / 1000)
}

/** A run beside more than that of a core is disturbed. */
const mostBusy = 0.2
/** And so is one where a fixed loop took so many times the CPU time of its best. */
const mostSlow = 1.25

const loopRounds = 1_000_000
const loops = 5
let state = 1
let best = Number.POSITIVE_INFINITY

/** Marsaglia's xorshift: every step needs the one before, and nothing is allocated. */
function fixedLoop(): void {
  let x = state
  for (let at = 0; at < loopRounds; at++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
  }
  state = x
}

/** CPU time of a fixed loop, over the least that it ever took. On shared machines it may double for seconds with nothing else to be seen. */
export function slowness(): number {
  const times = Array.from({ length: loops }, () => {
    const start = process.cpuUsage()
    fixedLoop()
    const { user, system } = process.cpuUsage(start)
    return user + system
  })
  const least = Math.max(1, Math.min(...times))
  best = Math.min(best, least)
  return least / best
}

export const isDisturbed = (others: number | null, slow: number): boolean => (others ?? 0) > mostBusy || slow > mostSlow

const lookMs = 150

/** Waits until the machine is calm, but no longer than `mostMs`. */
export async function calm(mostMs: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + mostMs
  while (performance.now() < until && !signal.aborted) {
    const before = lookAtCpu([])
    await new Promise((resolve) => setTimeout(resolve, lookMs))
    if (!isDisturbed(othersBusy(before, lookAtCpu([])), slowness())) return
  }
}
