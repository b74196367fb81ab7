/**
 * The loop: changes inputs that are known to reach something, and keeps those that reach something new.
 *
 * Coverage is looked at after a batch of inputs. Where a batch reached new code, its halves are run again until the inputs are found
 * that did it; batches grow as that becomes rare.
 */
import type { Coverage } from './coverage.js'
import { type Failure, Judge } from './judge.js'
import { Mutator } from './mutator.js'
import { Random } from './random.js'
import type { FuzzTarget } from './target.js'

const SMALLEST_BATCH = 32
const LARGEST_BATCH = 4096
/** Inputs kept, at most: past it a new one takes the place of an old one. */
const MOST_KEPT = 4000
const DEFAULT_MAX_LENGTH = 512
/** A target is left when so much was wrong with it: a crash costs 1, what wastes time or memory 20. */
const MOST_TROUBLE = 100

/** Hears of each input before it is tried: it may be the last thing that happens. */
export type Announce = (input: Uint8Array) => void

export class Fuzzer {
  readonly target: FuzzTarget
  readonly failures: Failure[] = []
  tried = 0
  readonly #coverage: Coverage
  readonly #judge: Judge
  readonly #random: Random
  readonly #mutator: Mutator
  readonly #announce: Announce
  readonly #corpus: Uint8Array[] = []
  readonly #seen = new Set<string>()
  #batch = SMALLEST_BATCH
  #trouble = 0

  constructor(target: FuzzTarget, coverage: Coverage, options: { readonly seed: number; readonly announce?: Announce }) {
    this.target = target
    this.#coverage = coverage
    this.#judge = new Judge(target)
    this.#random = new Random(options.seed)
    this.#mutator = new Mutator(this.#random, target.maxLength ?? DEFAULT_MAX_LENGTH, target.words)
    this.#announce = options.announce ?? (() => {})
    coverage.begin()
    this.#runSeeds()
  }

  /** Inputs that reached something new, seeds included. */
  get kept(): number {
    return this.#corpus.length
  }

  get blocks(): number {
    return this.#coverage.blocks
  }

  /** So many inputs failed that others are not worth trying before the decoder is mended. */
  get isHopeless(): boolean {
    return this.#trouble >= MOST_TROUBLE
  }

  /** Tries `count` inputs, or as many as there is time for until `deadline` (of `performance.now()`). */
  run(count: number, deadline = Infinity): void {
    const end = this.tried + count
    while (this.tried < end && performance.now() < deadline && !this.isHopeless) this.#runBatch(Math.min(this.#batch, end - this.tried))
  }

  #runSeeds(): void {
    const seeds = this.target.seeds.length > 0 ? this.target.seeds : [new Uint8Array(0)]
    for (const seed of seeds) {
      this.#try(Buffer.from(seed))
      this.#corpus.push(seed)
    }
    this.#coverage.reachedNew()
  }

  #runBatch(size: number): void {
    const inputs: Buffer[] = []
    for (let i = 0; i < size && !this.isHopeless; i++) {
      const input = this.#mutator.mutate(this.#parent(), this.#random.pick(this.#corpus))
      this.#try(input)
      inputs.push(Buffer.from(input))
    }
    if (this.#coverage.reachedNew(false) && !this.isHopeless) {
      this.#keepNew(inputs)
      this.#batch = Math.max(SMALLEST_BATCH, this.#batch >> 1)
    } else this.#batch = Math.min(LARGEST_BATCH, this.#batch * 2)
  }

  /** Later ones have come further, and are taken more often. */
  #parent(): Uint8Array {
    const { length } = this.#corpus
    const random = this.#random
    const at = random.below(2) === 0 ? random.below(length) : length - 1 - random.below(Math.min(length, 32))
    return this.#corpus[at]!
  }

  /** Runs the inputs again in halves, as long as they reach something new, and keeps those that do. */
  #keepNew(inputs: readonly Buffer[]): void {
    for (const input of inputs) {
      this.#announce(input)
      this.#judge.try(input)
    }
    const isNew = this.#coverage.reachedNew(inputs.length === 1)
    if (!isNew) return
    if (inputs.length === 1) return this.#keep(inputs[0]!)
    const middle = inputs.length >> 1
    this.#keepNew(inputs.slice(0, middle))
    this.#keepNew(inputs.slice(middle))
  }

  #keep(input: Buffer): void {
    if (this.#corpus.length < MOST_KEPT) this.#corpus.push(input)
    else this.#corpus[this.#random.below(MOST_KEPT)] = input
  }

  #try(input: Buffer): void {
    this.#announce(input)
    this.tried++
    const failure = this.#judge.try(input)
    if (failure === null) return
    this.#trouble += failure.kind === 'crash' ? 1 : 20
    // One failure is found by many inputs: those of one place are told of once.
    const place = `${failure.kind} ${placeOf(failure.message)}`
    if (this.#seen.has(place)) return
    this.#seen.add(place)
    this.failures.push(failure)
  }
}

/** The message without numbers, which differ from input to input, and the line that threw. */
function placeOf(stack: string): string {
  const line = /\n\s+at .*/.exec(stack)?.[0] ?? ''
  return line === '' ? stack.replace(/\d+/g, '#').slice(0, 60) : line
}
