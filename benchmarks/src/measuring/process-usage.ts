/** What the process has used, on every runtime that the clients run on. */
import { readdirSync, readFileSync } from 'node:fs'

const mebibyte = 2 ** 20

/** The largest resident set of the process so far, MiB. Where there is /proc it counts from the program's own start, not its parent's. */
export function peakRssMiB(): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kibibytes !== undefined) return Number(kibibytes) / 1024
  } catch {
    // no /proc
  }
  const { resourceUsage } = process as Partial<NodeJS.Process>
  return resourceUsage === undefined ? process.memoryUsage().rss / mebibyte : process.resourceUsage().maxRSS / 1024
}

/** User and system time so far in microseconds, to ten milliseconds each, of the processes that this one started and that still run. */
export const childrenCpuMicros = (): number => ofChildren(process.pid)

/** Linux: clock ticks of a hundredth of a second, the same on every machine (`man 5 proc`, sysconf(_SC_CLK_TCK)). */
const microsPerTick = 10_000

function ofChildren(parent: number): number {
  let sum = 0
  for (const { pid, ppid, ticks } of processes()) if (ppid === parent) sum += ticks * microsPerTick + ofChildren(pid)
  return sum
}

function processes(): { readonly pid: number; readonly ppid: number; readonly ticks: number }[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          // pid (name) state ppid ... utime stime are the fields 14 and 15; the name may have blanks and parentheses.
          const text = readFileSync(`/proc/${name}/stat`, 'latin1')
          const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
          return [{ pid: Number(name), ppid: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }]
        } catch {
          return [] // it has ended meanwhile
        }
      })
  } catch {
    return [] // no /proc
  }
}
