import { spawn } from 'node:child_process'

/** How a command ended. `missing` where there is no such program. */
export interface CommandResult {
  readonly missing: boolean
  readonly code: number | null
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string
}

/** Runs a program to its end without a shell. Never rejects, but for an abort, which kills the program. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    const abort = (): void => void child.kill('SIGKILL')
    if (options.signal?.aborted === true) abort()
    options.signal?.addEventListener('abort', abort, { once: true })
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    const finish = (result: CommandResult): void => {
      options.signal?.removeEventListener('abort', abort)
      if (options.signal?.aborted === true) reject(options.signal.reason as Error)
      else resolve(result)
    }
    child.on('error', (error: NodeJS.ErrnoException) => finish({ missing: error.code === 'ENOENT', code: null, output: error.message }))
    child.on('close', (code) => finish({ missing: false, code, output: Buffer.concat(chunks).toString() }))
  })
}
