/** The file that a worker of a ParallelSession begins with, thread or process. */
import { Socket } from 'node:net'
import { isMainThread, parentPort } from 'node:worker_threads'
import { PipeChannel } from './pipe-channel.js'
import { ThreadChannel } from './thread-channel.js'
import { serve } from './worker-server.js'

/** The file descriptor of the line to the process that started this one. */
const LINE = 3

if (isMainThread) {
  // A Ctrl-C in the terminal reaches the whole group: the one who started this worker decides what becomes of it.
  process.on('SIGINT', () => {})
  serve(new PipeChannel(new Socket({ fd: LINE, readable: true, writable: true })), () => process.exit())
} else serve(new ThreadChannel(parentPort!), () => {})
