/** Live progress on standard error: a bar where that is a terminal, plain lines otherwise. */
import type { SingleBar } from 'cli-progress'
import { count } from './numbers.js'

/** Where the demo tells what it does. */
export interface Progress {
  /** One line. */
  note(line: string): void
  /** A phase of `total` requests begins. */
  begin(title: string, total: number): void
  /** So many of the phase's requests are answered. */
  update(requests: number): void
  /** The phase is over; `line` says what it came to. */
  end(line: string): void
  /** Leaves the terminal as it was; safe to call at any time. */
  close(): void
}

export async function openProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  if (!stream.isTTY) return new PlainProgress(stream)
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    format: '  {title} {bar} {percentage}%  {value} of {total}  {rate}',
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? count(value) : String(value)),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream,
    fps: 5,
  })
  return new BarProgress(stream, bar)
}

const titleWidth = 42

/** A bar for the phase that runs; a line for each one that is over. */
class BarProgress implements Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #bar: SingleBar
  #title = ''
  #startedAt = 0

  constructor(stream: NodeJS.WriteStream, bar: SingleBar) {
    this.#stream = stream
    this.#bar = bar
  }

  note(line: string): void {
    this.#stream.write(`${line}\n`)
  }

  begin(title: string, total: number): void {
    this.#title = title.padEnd(titleWidth)
    this.#startedAt = performance.now()
    this.#bar.start(total, 0, { title: this.#title, rate: '' })
  }

  update(requests: number): void {
    const seconds = (performance.now() - this.#startedAt) / 1000
    this.#bar.update(requests, { rate: seconds < 0.2 ? '' : `${count(requests / seconds)}/s` })
  }

  end(line: string): void {
    this.#bar.stop()
    this.note(`  ${this.#title} ${line}`)
  }

  close(): void {
    if (this.#bar.isActive) this.#bar.stop()
  }
}

const lineEveryMs = 5_000

/** For logs: a line at the end of each phase, and every five seconds of a long one. */
export class PlainProgress implements Progress {
  readonly #stream: { write(text: string): unknown }
  #title = ''
  #total = 0
  #lastLineAt = 0

  constructor(stream: { write(text: string): unknown }) {
    this.#stream = stream
  }

  note(line: string): void {
    this.#stream.write(`${line}\n`)
  }

  begin(title: string, total: number): void {
    this.#title = title
    this.#total = total
    this.#lastLineAt = performance.now()
  }

  update(requests: number): void {
    if (performance.now() - this.#lastLineAt < lineEveryMs) return
    this.#lastLineAt = performance.now()
    this.note(`  ${this.#title}: ${count(requests)} of ${count(this.#total)}`)
  }

  end(line: string): void {
    this.note(`  ${this.#title}: ${line}`)
  }

  close(): void {
    // nothing was drawn that would have to be taken back
  }
}
