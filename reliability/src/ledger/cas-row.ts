/**
 * A counter by compare-and-set: a row that nobody else writes, of a number and the name of the attempt that set it. Only one attempt of a
 * step can be carried out, as each wants the number and the name that the last step left.
 */
export interface CasState {
  readonly n: number
  readonly by: string
}

export interface CasFigures {
  /** Steps that the database acknowledged. */
  readonly acknowledged: number
  /** Attempts of unknown outcome that a serial read showed to be carried out. */
  readonly resolvedApplied: number
  /** Attempts of unknown outcome that can't be carried out any more, as another one of the same step was. */
  readonly resolvedNotApplied: number
  /** Attempts of unknown outcome of the present step. */
  readonly open: number
  readonly problems: readonly string[]
}

export class CasRow {
  readonly row: number
  readonly #name: string
  #state: CasState
  #attempt = 0
  /** Names of the present step's attempts whose outcome nobody knows. */
  #open: string[] = []
  #acknowledged = 0
  #resolvedApplied = 0
  #resolvedNotApplied = 0
  readonly #problems: string[] = []

  constructor(row: number, initial: CasState) {
    this.row = row
    this.#name = `row ${row}`
    this.#state = initial
  }

  /** The last state that is known. */
  get state(): CasState {
    return this.#state
  }

  /** What to try next: the state of the row if the attempt is carried out. */
  attempt(): CasState {
    this.#attempt++
    return { n: this.#state.n + 1, by: `${this.row}.${this.#state.n + 1}.${this.#attempt}` }
  }

  /** The database says that the attempt was carried out. */
  applied(next: CasState): void {
    this.#acknowledged++
    this.#resolvedNotApplied += this.#open.length
    this.#settle(next)
  }

  /** The outcome of the attempt is unknown: a serial read must follow before the next one. */
  unknown(next: CasState): void {
    this.#open.push(next.by)
  }

  /**
   * What a serial read found. It ends what is under way and can be seen, but not an attempt that a paused node has yet to
   * read from its socket: that one stays open, and may be found carried out later.
   * @param refused the attempt, where this read follows a refusal: it must have a reason
   */
  observe(found: CasState, refused?: CasState): void {
    const { n, by } = this.#state
    if (found.n === n + 1 && this.#open.includes(found.by)) {
      this.#resolvedApplied++
      this.#resolvedNotApplied += this.#open.length - 1
      return this.#settle(found)
    }
    if (found.n === n && found.by === by) {
      if (refused !== undefined) this.#problem(`attempt ${refused.by} was refused, though the row still was ${n} by ${by}`)
      return
    }
    const why =
      found.by === refused?.by
        ? 'was refused by the database and carried out all the same: was it sent twice?'
        : `stands there, where ${n} by ${by} was acknowledged`
    this.#problem(`${found.n} by ${found.by} ${why}`)
    this.#settle(found)
  }

  get figures(): CasFigures {
    return {
      acknowledged: this.#acknowledged,
      resolvedApplied: this.#resolvedApplied,
      resolvedNotApplied: this.#resolvedNotApplied,
      open: this.#open.length,
      problems: this.#problems,
    }
  }

  #settle(state: CasState): void {
    this.#state = state
    this.#open = []
  }

  #problem(text: string): void {
    this.#problems.push(`${this.#name}: ${text}`)
  }
}
