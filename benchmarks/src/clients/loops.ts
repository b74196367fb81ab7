/** Who sends the next request, and when. */
import type { Cell } from '../cells.js'
import type { Load } from '../measuring/load.js'

/** Sends the request of a key and reads its answer. */
export type Request = (key: number) => Promise<void>

export const requestLoop = (load: Load, cell: Cell, request: Request): Promise<void> =>
  cell.perSecond === null ? closedLoops(load, cell.inFlight, request) : openLoop(load, cell.perSecond, request)

/** So many loops at once, each of which waits for its answer before it sends again. */
export async function closedLoops(load: Load, inFlight: number, request: Request): Promise<void> {
  await Promise.all(Array.from({ length: inFlight }, () => closedLoop(load, request)))
}

async function closedLoop(load: Load, request: Request): Promise<void> {
  while (!load.stopped) {
    const key = load.nextKey()
    const sentAt = load.sentAt(key)
    await request(key)
    load.answered(sentAt)
  }
}

const tickMs = 1

/**
 * So many requests a second, due in bursts of a millisecond, whatever became of those before. A latency counts from the time the request was due,
 * not from when it was sent: where the client or the server is late, every request that waits for it shows that.
 */
function openLoop(load: Load, perSecond: number, request: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let sent = 0
    let open = 0
    const answer = (dueAt: number): void => {
      load.answered(dueAt)
      if (--open === 0 && load.stopped) resolve()
    }
    const tick = (): void => {
      const ticks = Math.floor((performance.now() - startedAt) / tickMs)
      for (; !load.stopped && sent < (ticks * tickMs * perSecond) / 1000; sent++) {
        const dueAt = startedAt + Math.ceil(((sent + 1) / perSecond) * (1000 / tickMs)) * tickMs
        open++
        request(load.nextKey()).then(() => answer(dueAt), reject)
      }
      if (!load.stopped) setTimeout(tick, tickMs)
      else if (open === 0) resolve()
    }
    tick()
  })
}
