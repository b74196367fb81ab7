/** Where the driver's messages go. */

/** Any object with some of these methods: `console`, and most logging libraries. What it throws is ignored. */
export interface Logger {
  /** What goes on under the hood: connections that come and go, refreshes. */
  debug?(message: string): void
  /** What an operator wants to know: nodes that come and go. */
  info?(message: string): void
  /** What should be looked at: a refresh that failed, a policy that threw. */
  warn?(message: string): void
  /** What broke. */
  error?(message: string): void
}

export const LOGGER_METHODS: readonly (keyof Logger)[] = ['debug', 'info', 'warn', 'error']

/** Logs; a logger that throws harms nobody. */
export function log(logger: Logger | null, level: keyof Logger, message: string): void {
  if (logger === null) return
  try {
    logger[level]?.(message)
  } catch {
    // A message that can't be written is lost; the cluster isn't.
  }
}
