/** Ctrl-C and SIGTERM as a signal, so that everything that was opened is closed in order. */

/** Ctrl-C reaches this process twice: from the terminal, and from the script around it that passes it on. */
const ONE_KEY_PRESS_MS = 1_000

/** Aborted by the first Ctrl-C; one that comes a while after it ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  let first = Infinity
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const now = performance.now()
      if (now - first > ONE_KEY_PRESS_MS) process.exit(130)
      first = Math.min(first, now)
      controller.abort(new Error(`stopped by ${name}`))
    })
  }
  return controller.signal
}
