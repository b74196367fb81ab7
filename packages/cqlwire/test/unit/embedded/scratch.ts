import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A folder of a test's own, and programs in it that stand in for `java` and `mvn`. */
export class Scratch {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'cqlwire-test-')))
  }

  join(...names: string[]): string {
    return join(this.path, ...names)
  }

  /** A shell script that can be started as a program. */
  async program(name: string, script: string): Promise<string> {
    const path = this.join(name)
    await writeFile(path, `#!/bin/sh\n${script}\n`)
    await chmod(path, 0o755)
    return path
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/** Asks again and again until there is an answer; fails after 20 s. */
export async function eventually<T>(
  what: string,
  ask: () => T | null | false | undefined | Promise<T | null | false | undefined>,
): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== false && answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`${what}: not within 20 s`)
    await delay(20)
  }
}

/** Whether a process of that number runs. A zombie, which waits only for its parent to look at it, does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}
