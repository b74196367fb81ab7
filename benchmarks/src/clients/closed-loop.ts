import type { Load } from '../measuring/load.js'

/** So many loops at once, each of which waits for its answer before it sends again. `request` sends the request of a key and reads its answer. */
export async function closedLoops(load: Load, inFlight: number, request: (key: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: inFlight }, () => closedLoop(load, request)))
}

async function closedLoop(load: Load, request: (key: number) => Promise<void>): Promise<void> {
  while (!load.stopped) {
    const key = load.nextKey()
    const sentAt = load.sentAt(key)
    await request(key)
    load.answered(sentAt)
  }
}
