/** What the process has used, on every runtime that the clients run on. */
import { readFileSync } from 'node:fs'

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
