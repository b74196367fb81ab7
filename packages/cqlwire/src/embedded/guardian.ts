import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Reads one command a line. At the end of its input, which is the parent's end however it comes, it kills what is still watched
 * (`kill -KILL` ends a stopped process too) and removes the folder it was given, where it was given one.
 */
const script = `
pids=
while read -r command pid; do
  case $command in
    watch) pids="$pids $pid" ;;
    forget)
      rest=
      for other in $pids; do [ "$other" = "$pid" ] || rest="$rest $other"; done
      pids=$rest ;;
    dismiss) exit 0 ;;
  esac
done
for pid in $pids; do kill -KILL "$pid" 2>/dev/null; done
if [ -n "$1" ]; then
  rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
fi
`

/**
 * A shell in a session of its own that outlives this process for a moment, and kills the JVMs that this process started. Its input is a
 * pipe that only this process holds, so even a SIGKILL of this process is noticed at once; no signal handler is needed for Ctrl-C.
 */
export class Guardian {
  readonly #shell: ChildProcess
  #dismissed = false
  readonly #watched = new Set<number>()
  readonly #killAll = (): void => {
    for (const pid of this.#watched) killQuietly(pid)
  }

  /** @param temporary a folder to remove with the last JVM, or null */
  constructor(temporary: string | null) {
    this.#shell = spawn('/bin/sh', ['-c', script, 'cqlwire-guardian', temporary ?? ''], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#shell.unref()
    this.#shell.on('error', () => {})
    // A guardian that somebody else killed: the handler below still covers every orderly exit.
    this.#shell.stdin?.on('error', () => {})
    // Bun has no `unref` here, and needs none: `unref` of the process is enough there.
    ;(this.#shell.stdin as unknown as { unref?(): void }).unref?.()
    process.on('exit', this.#killAll)
  }

  /** Whether processes may still be started under it. */
  get onDuty(): boolean {
    return !this.#dismissed
  }

  /** Resolves when the guardian is sure to learn of it, even if this process is killed right after. */
  async watch(pid: number): Promise<void> {
    this.#watched.add(pid)
    await this.#say(`watch ${pid}`)
  }

  /** The process has ended; its number may go to another one. */
  forget(pid: number): void {
    if (this.#watched.delete(pid)) void this.#say(`forget ${pid}`)
  }

  /** Nothing is left to guard. */
  dismiss(): void {
    this.#dismissed = true
    process.off('exit', this.#killAll)
    this.#killAll()
    void this.#say('dismiss -')
    this.#shell.stdin?.end()
  }

  #say(line: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#shell.stdin === null || this.#shell.stdin.destroyed) resolve()
      else this.#shell.stdin.write(`${line}\n`, () => resolve())
    })
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
