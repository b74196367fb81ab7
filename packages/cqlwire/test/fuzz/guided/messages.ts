/** What the processes of a run tell each other. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import type { Failure } from './judge.js'

/** To a worker: fuzz this. */
export interface Job {
  readonly name: string
  readonly inputs: number
  readonly seed: number
  /** Milliseconds, at most. */
  readonly ms: number
}

/** How far a target is. */
export interface Progress {
  readonly name: string
  readonly tried: number
  /** Inputs that reached code which none before them did. */
  readonly kept: number
  /** Functions and blocks reached. */
  readonly blocks: number
}

/** From a worker: now and then, and in the end with what was found. */
export interface Report extends Progress {
  readonly isDone: boolean
  readonly failures: readonly Failure[]
}

const HEAD = 8
const MOST_BYTES = 128 * 1024

/** The input that a worker is at, in a file: a process that hangs, or was ended by an allocation, can't say any more what it died of. */
export class CurrentInput {
  readonly #file: number
  readonly #block = Buffer.alloc(HEAD + MOST_BYTES)
  #number = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  set(input: Uint8Array): void {
    const block = this.#block
    this.#number = (this.#number + 1) >>> 0
    block.writeUInt32LE(this.#number, 0)
    block.writeUInt32LE(input.length, 4)
    block.set(input, HEAD)
    writeSync(this.#file, block, 0, HEAD + input.length, 0)
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Which input a worker is at, and the input itself; null before the first. */
  static read(path: string): { readonly number: number; readonly input: Buffer } | null {
    let block: Buffer
    try {
      block = readFileSync(path)
    } catch {
      return null
    }
    if (block.length < HEAD) return null
    return { number: block.readUInt32LE(0), input: block.subarray(HEAD, HEAD + block.readUInt32LE(4)) }
  }

  static remove(path: string): void {
    rmSync(path, { force: true })
  }
}
