/** The ledger's work: requests at a steady pace whatever becomes of the earlier ones, each entered in a book. */
import { CasRow, type CasState } from './cas-row.js'
import { EntryLedger } from './entries.js'
import { IncrementLedger } from './increments.js'
import { RequestBook, type Ending, type RequestWatch } from './request-book.js'
import type { LedgerStore } from './store.js'

export interface WorkloadOptions {
  readonly seed: number
  /** From 0 to 1, without 1: which entry is read next. */
  readonly random: () => number
  /** Entries that are written a second; the other kinds of requests keep a proportion to it. */
  readonly entriesPerSecond: number
}

/** Rows of each kind of counter. */
const ROWS = 4
/** Between two steps of one counter by compare-and-set. */
const CAS_PAUSE_MS = 50

export class Workload {
  readonly entries: EntryLedger
  readonly casRows: readonly CasRow[]
  readonly increments: readonly IncrementLedger[]
  readonly books: Readonly<Record<'writes' | 'quorumReads' | 'oneReads' | 'cas' | 'serialReads' | 'increments', RequestBook>>
  /** Reads that did not find what was acknowledged before they were sent. */
  readonly problems: string[] = []
  readonly #store: LedgerStore
  readonly #options: WorkloadOptions
  readonly #timers: NodeJS.Timeout[] = []
  readonly #running = new Set<Promise<void>>()
  #stopped = false

  constructor(store: LedgerStore, watch: RequestWatch, options: WorkloadOptions) {
    this.#store = store
    this.#options = options
    this.entries = new EntryLedger(options.seed)
    this.casRows = Array.from({ length: ROWS }, (_, row) => new CasRow(row, { n: 0, by: 'start' }))
    this.increments = Array.from({ length: ROWS }, (_, row) => new IncrementLedger(row))
    this.books = {
      writes: new RequestBook('unique writes, QUORUM', false, watch),
      quorumReads: new RequestBook('reads of them, QUORUM', false, watch),
      oneReads: new RequestBook('reads, LOCAL_ONE', false, watch),
      cas: new RequestBook('compare-and-set', false, watch),
      serialReads: new RequestBook('reads, SERIAL', false, watch),
      increments: new RequestBook('counter increments', true, watch),
    }
  }

  /** Puts the rows of the counters there, and the first entry; throws where that fails. */
  async prepare(): Promise<void> {
    const first = this.entries.next()
    await this.#store.writeEntry(first, this.entries.valueOf(first))
    this.entries.ended(first, 'acknowledged')
    for (const { row, state } of this.casRows) await this.#store.createCas(row, state)
  }

  start(): void {
    const every = 1000 / this.#options.entriesPerSecond
    this.#pace(every, () => this.writeEntry())
    this.#pace(every * 3, () => this.readEntry('QUORUM'))
    this.#pace(every * 3, () => this.readEntry('LOCAL_ONE'))
    for (const ledger of this.increments) this.#pace(every * 12, () => this.increment(ledger))
    for (const row of this.casRows) this.#follow(this.#stepOn(row))
  }

  /** Sends no more, and resolves when every request has ended, or after `waitMs`: what is left then is pending in the books. */
  async stop(waitMs: number): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    let timer: NodeJS.Timeout | undefined
    const waited = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)))
    await Promise.race([Promise.all(this.#running), waited])
    clearTimeout(timer)
  }

  async writeEntry(): Promise<Ending<void>> {
    const id = this.entries.next()
    const ending = await this.books.writes.enter(() => this.#store.writeEntry(id, this.entries.valueOf(id)))
    this.entries.ended(id, ending.outcome)
    return ending
  }

  /** Reads an entry that was acknowledged. At QUORUM it must be there; at LOCAL_ONE the replica may not have it yet. */
  async readEntry(consistency: 'LOCAL_ONE' | 'QUORUM'): Promise<Ending<string | null> | null> {
    const id = consistency === 'LOCAL_ONE' ? 0 : this.entries.anyAcknowledged(this.#options.random())
    if (id === null) return null
    const book = consistency === 'QUORUM' ? this.books.quorumReads : this.books.oneReads
    const ending = await book.enter(() => this.#store.readEntry(id, consistency))
    if (ending.outcome !== 'acknowledged') return ending
    const verdict = this.entries.judge(id, ending.value)
    if (verdict === 'wrong' || (verdict === 'lost' && consistency === 'QUORUM')) {
      this.problems.push(`entry ${id}, acknowledged, read at ${consistency}: ${verdict} (${ending.value})`)
    }
    return ending
  }

  async increment(ledger: IncrementLedger): Promise<void> {
    const { outcome } = await this.books.increments.enter(() => this.#store.increment(ledger.row))
    ledger.ended(outcome)
  }

  /** One attempt at the next step of a counter by compare-and-set; where its outcome is unknown, or a refusal, a serial read follows. */
  async casAttempt(row: CasRow): Promise<void> {
    const next = row.attempt()
    const ending = await this.books.cas.enter(() => this.#store.compareAndSet(row.row, row.state, next))
    if (ending.outcome === 'acknowledged') {
      if (ending.value) return row.applied(next)
      await this.#resolve(row, next)
    } else if (ending.outcome === 'unknown') {
      row.unknown(next)
      await this.#resolve(row)
    }
  }

  async #resolve(row: CasRow, refused?: CasState): Promise<void> {
    while (!this.#stopped) {
      const ending = await this.books.serialReads.enter(() => this.#store.readCas(row.row))
      if (ending.outcome === 'acknowledged') return row.observe(ending.value ?? { n: -1, by: 'nobody' }, refused)
      await pause(CAS_PAUSE_MS)
    }
  }

  async #stepOn(row: CasRow): Promise<void> {
    while (!this.#stopped) {
      await this.casAttempt(row)
      await pause(CAS_PAUSE_MS)
    }
  }

  #pace(everyMs: number, request: () => Promise<unknown>): void {
    this.#timers.push(setInterval(() => this.#follow(request()), everyMs))
  }

  #follow(request: Promise<unknown>): void {
    const followed: Promise<void> = request.then(() => void this.#running.delete(followed))
    this.#running.add(followed)
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
