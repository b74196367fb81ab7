/** A schedule from the user's reconnection policy that nothing the policy does can break. */
import type { Backoff } from '../base/backoff.js'
import { ExponentialReconnectionPolicy, type ReconnectionPolicy } from '../policies/reconnection.js'

const MOST = 0x7fff_ffff

/** Where the policy throws or gives something that isn't a delay, the built-in schedule takes over, with a warning. */
export function newSchedule(policy: ReconnectionPolicy, warn: (message: string) => void): Backoff {
  let schedule: Backoff | null = null
  const replace = (why: string): Backoff => {
    warn(`The reconnection policy ${why}: the driver goes on with its own schedule`)
    return new ExponentialReconnectionPolicy().newSchedule()
  }
  return {
    nextDelayMs() {
      try {
        schedule ??= policy.newSchedule()
        const delay = schedule.nextDelayMs()
        if (typeof delay === 'number' && delay >= 0) return Math.min(delay, MOST)
        schedule = replace(`gave ${String(delay)} where milliseconds are wanted`)
      } catch (error) {
        schedule = replace(`failed (${error instanceof Error ? error.message : String(error)})`)
      }
      return schedule.nextDelayMs()
    },
  }
}
