/** `cqlwire/sync`: the session, truly blocking the calling thread. */
export { BlockingSession } from './blocking-session.js'
export type { CarriedRequestOptions as BlockingRequestOptions } from '../transfer/origin.js'
export type { PlainOptions as BlockingOptions, PlainProfileOptions as BlockingProfileOptions } from '../transfer/plain-options.js'
export { BlockingResult } from './blocking-result.js'
export type { BlockingExecutionInfo } from './blocking-result.js'
export type { BlockingConcurrentOptions, BlockingExecutionResult } from './blocking-run.js'
export type { CarriedHost as BlockingHost } from '../transfer/carried-host.js'
