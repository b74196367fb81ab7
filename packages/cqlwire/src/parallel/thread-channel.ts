/** The line to a worker thread: posts are memory that changes hands. */
import type { MessagePort, Worker } from 'node:worker_threads'
import { takeMessage } from '../transfer/take-message.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Channel } from './channel.js'

export class ThreadChannel implements Channel {
  readonly #port: MessagePort | Worker

  constructor(port: MessagePort | Worker) {
    this.#port = port
  }

  post(writer: ByteWriter): void {
    const { position } = writer
    const memory = takeMessage(writer)
    this.#port.postMessage({ memory, length: position }, [memory])
  }

  listen(onPost: (frames: Buffer) => void, onClosed: () => void): void {
    // `Worker` and `MessagePort` say the same in two ways.
    const port = this.#port as MessagePort
    port.on('message', ({ memory, length }: { readonly memory: ArrayBuffer; readonly length: number }) =>
      onPost(Buffer.from(memory, 0, length)),
    )
    this.#port.on('terminate' in this.#port ? 'exit' : 'close', onClosed)
  }

  close(): void {
    if ('close' in this.#port) this.#port.close()
  }
}
