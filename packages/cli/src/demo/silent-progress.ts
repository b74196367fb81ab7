import type { Progress } from './progress.js'

const nothing = (): void => {
  // what happens here is nobody's news
}

/** Tells nothing. */
export const silent: Progress = { note: nothing, begin: nothing, update: nothing, end: nothing, close: nothing }
