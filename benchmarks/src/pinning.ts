/** Keeps client and server on a core of their own, where the system has `taskset` and at least two cores. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Pinning {
  readonly clientCore: number
  readonly serverCore: number
}

/** Null where it can't be done. */
export function findPinning(): Pinning | null {
  if (spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status !== 0) return null
  const [clientCore, serverCore] = allowedCores()
  return clientCore === undefined || serverCore === undefined ? null : { clientCore, serverCore }
}

/** The numbers of the cores that this process may use: `Cpus_allowed_list: 0-1,4`. */
export function allowedCores(status = readStatus()): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1]
  if (list === undefined) return []
  return list.split(',').flatMap((part) => {
    const [first, last] = part.split('-').map(Number)
    return Array.from({ length: (last ?? first!) - first! + 1 }, (_, offset) => first! + offset)
  })
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}

/** A command that runs on one core. */
export function pinned(core: number | null, command: readonly [string, ...string[]]): [string, ...string[]] {
  return core === null ? [...command] : ['taskset', '-c', String(core), ...command]
}

/** Moves running processes, with all their threads, to one core. */
export function pin(core: number, pids: readonly number[]): void {
  for (const pid of pids) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
}
