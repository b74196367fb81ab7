import { spawn } from 'node:child_process'

/** Where a process that holds a Cassandra says what goes on: its terminal, or the process that started it in the background. */
export interface Reporter {
  readonly progress: (line: string) => void
  /** Cassandra is up; the text is for the user. */
  readonly ready: (text: string) => void
  /** Calls back when the process to report to is gone before Cassandra was up. */
  readonly onOrphaned: (callback: () => void) => void
}

interface Message {
  readonly progress?: string
  readonly ready?: string
}

const variable = 'CQLWIRE_UP_DETACHED'

/** Whether this process is the one in the background. */
export function isDetached(): boolean {
  return process.env[variable] === '1' && process.send !== undefined
}

export function reporterOfThisProcess(): Reporter {
  if (!isDetached()) {
    return {
      progress: (line) => void process.stderr.write(`cassandra: ${line}\n`),
      ready: (text) => void process.stdout.write(`${text}\n`),
      onOrphaned: () => {},
    }
  }
  let up = false
  const send = (message: Message): void => void (process.connected && process.send?.(message))
  return {
    progress: (progress) => send({ progress }),
    ready: (ready) => {
      up = true
      send({ ready })
    },
    onOrphaned: (callback) => void process.on('disconnect', () => !up && callback()),
  }
}

/** Runs this same command line in a process of its own session; resolves when Cassandra is up there, rejects where it didn't come up. */
export async function startDetached(): Promise<void> {
  const child = spawn(process.execPath, process.argv.slice(1), {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, [variable]: '1' },
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const ready = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: Message) => {
      if (message.progress !== undefined) process.stderr.write(`cassandra: ${message.progress}\n`)
      if (message.ready !== undefined) resolve(message.ready)
    })
    child.on('error', reject)
    child.on('close', () => reject(new Error(complaints.trim().replace(/^cqlwire: /, '') || 'Cassandra did not come up')))
  })
  process.stdout.write(`${ready}\n`)
  child.disconnect()
  child.stderr?.destroy()
  child.unref()
}
