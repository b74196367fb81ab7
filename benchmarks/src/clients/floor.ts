/**
 * The floor: what the sockets of the platform cost with the same bytes. It has no idea of CQL: it writes the frame that cqlwire sends,
 * again and again, keeps as many in flight, and reads the headers of the answers.
 */
import type { Cell } from '../cells.js'
import { decodeSingle, decodeWide, type SingleRow, type WideRow } from '../floor/floor-decoder.js'
import { FloorSocket } from '../floor/floor-socket.js'
import { FrameSplitter } from '../floor/frame-splitter.js'
import { recordFrame } from '../floor/recorded-frame.js'
import type { Load } from '../measuring/load.js'
import type { Client, OpenClient, Target } from './client.js'

/** Sockets and headers. */
export const openBare: OpenClient = (target, cell) => open(target, cell, runBare)

/** And one promise and one small result object for each request: the least that a driver does. */
export const openPromises: OpenClient = (target, cell) => open(target, cell, runPromises)

/** And every column of every row as a value, decoded by straight-line code when the program has the result in hands. */
export const openDecoded: OpenClient = (target, cell) => open(target, cell, runDecoded)

type Run = (floor: Floor, load: Load, failed: (error: unknown) => void, done: () => void) => void

interface Floor {
  readonly socket: FloorSocket
  readonly cell: Cell
  readonly onBytes: { handler: (bytes: Buffer, length: number) => void }
}

async function open(target: Target, cell: Cell, run: Run): Promise<Client> {
  const protocol = target.protocol ?? 4
  const frame = await recordFrame({ ...target, protocol }, cell)
  const socket = new FloorSocket(frame, cell.inFlight, protocol >= 5)
  const onBytes: Floor['onBytes'] = { handler: () => undefined }
  let onError = (error: Error): void => {
    throw error
  }
  await socket.open(
    target.host,
    target.port,
    (bytes, length) => onBytes.handler(bytes, length),
    (error) => onError(error),
  )
  return {
    version: '',
    protocol,
    byChunks: false,
    run: (load) =>
      new Promise((resolve, reject) => {
        onError = reject
        run({ socket, cell, onBytes }, load, reject, resolve)
      }),
    close(): Promise<void> {
      socket.close()
      return Promise.resolve()
    },
  }
}

/** Latencies are those of one stream: the others only count. */
const timedStream = 0

function runBare({ socket, cell, onBytes }: Floor, load: Load, failed: (error: unknown) => void, done: () => void): void {
  let sentAt = performance.now()
  const splitter = new FrameSplitter(false, (stream) => {
    load.answered(stream === timedStream ? sentAt : 0)
    if (stream === timedStream) sentAt = performance.now()
    socket.put(stream)
  })
  onBytes.handler = guarded(failed, (bytes, length) => {
    splitter.push(bytes, length)
    if (load.stopped) done()
    else socket.flush()
  })
  for (let stream = 0; stream < cell.inFlight; stream++) socket.put(stream)
  socket.flush()
}

interface Answer {
  readonly bytes: Buffer | null
}

function runPromises(floor: Floor, load: Load, failed: (error: unknown) => void, done: () => void): void {
  runExecutes(floor, load, failed, done, false, () => undefined)
}

let sum = 0

function runDecoded(floor: Floor, load: Load, failed: (error: unknown) => void, done: () => void): void {
  const { workload } = floor.cell
  const decode: (bytes: Buffer) => readonly (SingleRow | WideRow)[] =
    workload.rows === 1 ? (bytes) => [decodeSingle(bytes, 0)] : (bytes) => decodeWide(bytes, 0)
  runExecutes(floor, load, failed, done, true, ({ bytes }) => {
    const rows = decode(bytes!)
    for (const row of rows) sum += workload.readRow(row)
    if (rows.length !== workload.rows || Number.isNaN(sum)) failed(new Error(`Wrong rows, or ${rows.length} of them`))
  })
}

function runExecutes(
  { socket, cell, onBytes }: Floor,
  load: Load,
  failed: (error: unknown) => void,
  done: () => void,
  wantsBodies: boolean,
  read: (answer: Answer) => void,
): void {
  const waiting = new Array<((answer: Answer) => void) | null>(cell.inFlight).fill(null)
  let isFlushDue = false
  const flush = (): void => {
    isFlushDue = false
    socket.flush()
  }
  const execute = (stream: number): Promise<Answer> =>
    new Promise((resolve) => {
      waiting[stream] = resolve
      socket.put(stream)
      if (isFlushDue) return
      isFlushDue = true
      process.nextTick(flush)
    })
  const splitter = new FrameSplitter(wantsBodies, (stream, bytes, start, end) => {
    const resolve = waiting[stream]!
    waiting[stream] = null // it holds the promise, and that its result
    if (!wantsBodies) return resolve({ bytes: null })
    const isOwn = start === 0 && end === bytes.length
    resolve({ bytes: isOwn ? bytes : copyOf(bytes, start, end) })
  })
  onBytes.handler = guarded(failed, (bytes, length) => splitter.push(bytes, length))
  // `then` and not `await`: an async function that waits keeps its last result alive
  const send = (stream: number): void => {
    const sentAt = stream === timedStream ? performance.now() : 0
    execute(stream).then((answer) => {
      read(answer)
      load.answered(sentAt)
      if (load.stopped) done()
      else send(stream)
    }, failed)
  }
  for (let stream = 0; stream < cell.inFlight; stream++) send(stream)
}

function copyOf(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start)
  bytes.copy(copy, 0, start, end)
  return copy
}

const guarded =
  (failed: (error: unknown) => void, handler: (bytes: Buffer, length: number) => void) =>
  (bytes: Buffer, length: number): void => {
    try {
      handler(bytes, length)
    } catch (error) {
      failed(error)
    }
  }
