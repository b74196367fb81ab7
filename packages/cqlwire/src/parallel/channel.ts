/** A line between a ParallelSession and a worker: frames out, frames in; see messages.ts. */
import { MalformedFrameError } from '../base/errors.js'
import { ByteWriter } from '../wire/byte-writer.js'

export interface Channel {
  /** Hands over what was written, whole frames; the writer is empty afterwards. */
  post(writer: ByteWriter): void
  /** Frames are handed to `onPost`; `onClosed` is called once, when nothing more can come. */
  listen(onPost: (frames: Buffer) => void, onClosed: () => void): void
  close(): void
}

/** More than this many bytes are not held back until the end of the turn. */
const MOST_HELD = 131_072

/** Frames of a turn of the event loop leave together. */
export class Outbox {
  readonly #channel: Channel
  readonly #writer = new ByteWriter(8_192)
  #scheduled = false
  #mark = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  /** Begins a frame: the caller writes the rest of it, then calls `end`. */
  begin(kind: number, id: number): ByteWriter {
    const writer = this.#writer
    this.#mark = writer.beginLength()
    writer.putUint8(kind)
    writer.putInt32(id)
    return writer
  }

  end(): void {
    this.#writer.patchLength(this.#mark)
    if (this.#writer.position > MOST_HELD) this.#flush()
    else if (!this.#scheduled) {
      this.#scheduled = true
      process.nextTick(() => this.#flush())
    }
  }

  /** Takes back the frame that was begun: its value can't be written. */
  undo(): void {
    this.#writer.position = this.#mark - 4
  }

  #flush(): void {
    this.#scheduled = false
    if (this.#writer.position > 0) this.#channel.post(this.#writer)
  }
}

/** Calls `each` with the bounds of every frame. */
export function eachFrame(frames: Buffer, each: (start: number, end: number) => void): void {
  let at = 0
  while (at < frames.length) {
    const end = at + 4 + frames.readInt32BE(at)
    if (end > frames.length || end < at + 4) throw new MalformedFrameError('A message between a ParallelSession and its worker is cut off')
    each(at + 4, end)
    at = end
  }
}
