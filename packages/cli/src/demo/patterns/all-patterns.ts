import type { Pattern } from '../work.js'
import { blockingConcurrent } from './blocking-concurrent.js'
import { blocking } from './blocking.js'
import { callbacks } from './callbacks.js'
import { concurrent } from './concurrent.js'
import { futures } from './futures.js'
import { wait } from './wait.js'

/** In the order in which they run and are shown. */
export const allPatterns: readonly Pattern[] = [wait, futures, callbacks, concurrent, blocking, blockingConcurrent]
