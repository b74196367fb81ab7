/** Increments of a counter, which may not be repeated: at the end it lies between what was acknowledged and that plus what is unknown. */
import type { Outcome } from './outcomes.js'

export class IncrementLedger {
  readonly row: number
  #acknowledged = 0
  #unknown = 0

  constructor(row: number) {
    this.row = row
  }

  ended(outcome: Outcome | 'acknowledged'): void {
    if (outcome === 'acknowledged') this.#acknowledged++
    else if (outcome === 'unknown') this.#unknown++
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  get unknown(): number {
    return this.#unknown
  }

  /** What is wrong with the counter's value, or null. */
  judge(value: number): string | null {
    const [least, most] = [this.#acknowledged, this.#acknowledged + this.#unknown]
    if (value < least) return `counter ${this.row}: ${value}, but ${least} increments were acknowledged: ${least - value} are lost`
    if (value > most) {
      return `counter ${this.row}: ${value}, but at most ${most} increments were sent that may count: ${value - most} were carried out twice, or reported as failed`
    }
    return null
  }
}
