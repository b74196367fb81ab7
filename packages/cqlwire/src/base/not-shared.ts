/**
 * A field for what belongs to one thread: copying its owner for another one (`postMessage`, `workerData`, `structuredClone`, `child.send`,
 * JSON) looks into it and meets a getter that says so. An object shared by all owners, so that it costs one field.
 */
import { SharedSessionError } from './errors.js'

/** Reading its one property throws. */
export interface NotShared {
  readonly carried: never
}

/** `what`: the owner, in the message. */
export function notShared(what: string): NotShared {
  return Object.freeze({
    get carried(): never {
      throw new SharedSessionError(
        `A ${what} can't be carried to another thread or process (postMessage, workerData, structuredClone, child.send, JSON): its connections belong to ` +
          'this one. Make a Cluster and a Session of its own there, or use ParallelSession of cqlwire/parallel',
      )
    },
  })
}
