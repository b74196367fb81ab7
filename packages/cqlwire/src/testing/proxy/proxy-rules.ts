/** Which fault a proxy applies to which frame. The rule that was added last is asked first. */
import { InvalidArgumentError } from '../../base/errors.js'
import { describeValue } from '../../base/option-error.js'
import type { Fault } from './fault.js'
import { fitsFrame } from './proxy-frame.js'
import type { FrameCondition, ProxyFrame } from './proxy-frame.js'

/** A fault, or what chooses one for each frame; null has it pass. */
export type FaultChoice = Fault | ((frame: ProxyFrame) => Fault | null)

export interface ProxyRuleOptions {
  /** How often it applies, then it is gone; always where it is left out. */
  readonly times?: number
}

export class ProxyRule {
  readonly condition: FrameCondition
  /** How many frames it was applied to. */
  calls = 0
  readonly #choice: FaultChoice
  #left: number

  constructor(condition: FrameCondition, choice: FaultChoice, options: ProxyRuleOptions) {
    const times = options.times ?? Infinity
    if (!(times >= 1)) throw new InvalidArgumentError(`times takes a number from 1 on, got ${String(options.times)}`)
    if (typeof choice !== 'function' && typeof (choice as { kind?: unknown } | null)?.kind !== 'string')
      throw new InvalidArgumentError(
        `A rule of a proxy takes a fault, fault.drop() for example, or a function that chooses one, got ${describeValue(choice)}`,
      )
    this.condition = condition
    this.#choice = choice
    this.#left = times
  }

  /** It applies no more. */
  remove(): void {
    this.#left = 0
  }

  /** The fault for this frame, null where the rule does not mean it. */
  apply(frame: ProxyFrame): Fault | null {
    if (this.#left <= 0 || !fitsFrame(this.condition, frame)) return null
    const fault = typeof this.#choice === 'function' ? this.#choice(frame) : this.#choice
    if (fault === null) return null
    this.calls++
    this.#left--
    return fault
  }
}

export class ProxyRuleBook {
  readonly #rules: ProxyRule[] = []

  add(rule: ProxyRule): void {
    this.#rules.unshift(rule)
  }

  removeAll(): void {
    for (const rule of this.#rules) rule.remove()
    this.#rules.length = 0
  }

  apply(frame: ProxyFrame): Fault | null {
    for (const rule of this.#rules) {
      const fault = rule.apply(frame)
      if (fault !== null) return fault
    }
    return null
  }
}
