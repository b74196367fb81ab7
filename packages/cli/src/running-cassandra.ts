import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheDirectory } from 'cqlwire/embedded'

/** What `cqlwire up` leaves for `cqlwire down`: a file in the cache directory. */
export interface RunningCassandra {
  /** Of the process that holds it. For reading only: numbers are used again, so nothing is killed by it. */
  readonly pid: number
  /** A local socket on which the holder takes the word `stop`. */
  readonly socket: string
  readonly contactPoints: readonly string[]
  readonly port: number
  readonly localDataCenter: string
}

function stateFile(): string {
  return join(cacheDirectory(), 'up.json')
}

/** The Cassandra that is up, or null. A file whose holder is gone is removed. */
export async function findRunning(): Promise<RunningCassandra | null> {
  const text = await readFile(stateFile(), 'utf8').catch(() => null)
  if (text === null) return null
  const running = parse(text)
  const socket = running === null ? null : await open(running.socket)
  socket?.destroy()
  if (socket !== null) return running
  await rm(stateFile(), { force: true })
  if (running !== null) await rm(running.socket, { force: true })
  return null
}

/** Tells the holder to stop; resolves when Cassandra has stopped, to false where it did not say so. */
export async function stopRunning(running: RunningCassandra): Promise<boolean> {
  const socket = await open(running.socket)
  if (socket === null) return true
  socket.setEncoding('utf8')
  let answer = ''
  socket.on('data', (chunk: string) => (answer += chunk))
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write('stop\n')
  await closed
  return answer.includes('stopped')
}

/** Makes it known that this process holds a Cassandra. `onStop` is called when `cqlwire down` asks; call `end` when it has stopped. */
export async function announceRunning(
  found: Omit<RunningCassandra, 'pid' | 'socket'>,
  onStop: () => void,
): Promise<{ end: () => Promise<void> }> {
  const path = join(tmpdir(), `cqlwire-up-${process.pid}.sock`)
  const asking: Socket[] = []
  await rm(path, { force: true })
  const server = await listen(path, (socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      asking.push(socket)
      onStop()
    })
  })
  const running: RunningCassandra = { pid: process.pid, socket: path, ...found }
  await mkdir(cacheDirectory(), { recursive: true })
  await writeFile(stateFile(), JSON.stringify(running, null, 2) + '\n')
  return {
    async end() {
      await rm(stateFile(), { force: true })
      for (const socket of asking) socket.end('stopped\n')
      server.close()
    },
  }
}

function listen(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection)
    server.once('error', reject)
    server.listen(path, () => resolve(server))
  })
}

/** Null where nobody listens. */
function open(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}

function parse(text: string): RunningCassandra | null {
  try {
    const value = JSON.parse(text) as Partial<RunningCassandra> | null
    return typeof value?.socket === 'string' && Array.isArray(value.contactPoints) ? (value as RunningCassandra) : null
  } catch {
    return null
  }
}
