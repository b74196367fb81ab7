/** Starts the worker of a BlockingSession, and waits until it is connected. */
import { MessageChannel, Worker } from 'node:worker_threads'
import { CqlwireError } from '../base/errors.js'
import { createCodecRegistry } from '../codec/registry.js'
import { resolveClusterOptions } from '../cluster/settings.js'
import { Profiles } from '../session/profiles.js'
import { AnswerReader } from './answer-reader.js'
import type { PlainOptions } from '../transfer/plain-options.js'
import { workerOptions } from './blocking-options.js'
import { Caller, type Entry } from './caller.js'
import { withCallerStack } from '../transfer/error-transfer.js'
import { Link } from './link.js'
import { CONNECTED_ID, WORDS } from './messages.js'
import type { WorkerData } from './serve.js'

export function startWorker(given: PlainOptions, entry: Entry): Caller {
  const options = workerOptions(given)
  // Wrong options are told before there is a thread.
  const settings = resolveClusterOptions(given)
  const shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)
  const words = new Int32Array(shared)
  refuseWhereBlockingIsForbidden(words)

  const { port1, port2 } = new MessageChannel()
  const workerData: WorkerData = { options, port: port2, shared }
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    name: 'cqlwire BlockingSession',
    workerData,
    transferList: [port2],
    // What this process was told on its command line (a file to print, a module to load first) is not the worker's.
    execArgv: [],
  })
  const registry = createCodecRegistry({ numbers: settings.numbers })
  const answers = new AnswerReader(registry)
  const link = new Link(worker, port1, words, answers)
  const reply = link.wait(CONNECTED_ID)
  if (reply.kind === 'value') {
    const { protocolVersion } = reply.value as { readonly protocolVersion: number }
    return new Caller(link, answers, registry, new Profiles(settings.executionProfiles), protocolVersion)
  }
  const error = reply.kind === 'error' ? reply.error : new CqlwireError(`The worker of a BlockingSession began with ${reply.kind}`)
  link.close(() => error)
  throw withCallerStack(error, entry)
}

/** @throws {CqlwireError} code ERR_CANNOT_BLOCK */
function refuseWhereBlockingIsForbidden(words: Int32Array): void {
  try {
    Atomics.wait(words, 0, 0, 0)
  } catch (cause) {
    throw new CqlwireError(
      'This thread may not block (Atomics.wait is refused, as on the main thread of a browser), so it can have no BlockingSession. Use a Session, or a worker thread',
      { code: 'ERR_CANNOT_BLOCK', cause },
    )
  }
}
