/**
 * One write per turn: connections with bytes to send are flushed together, after the work of the present turn.
 *
 * `process.nextTick` runs once the microtasks of a receive callback are done, so that all requests which the awaiting code
 * makes in answer to one read leave in one write.
 */

export interface Flushable {
  flush(): void
}

let waiting: Flushable[] = []
let spare: Flushable[] = []

function flushAll(): void {
  const now = waiting
  waiting = spare
  for (let i = 0; i < now.length; i++) now[i]!.flush()
  now.length = 0
  spare = now
}

/** Has `flush()` called at the end of this turn. The caller asks once per turn. */
export function flushLater(connection: Flushable): void {
  if (waiting.length === 0) process.nextTick(flushAll)
  waiting.push(connection)
}
