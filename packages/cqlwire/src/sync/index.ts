/** `cqlwire/sync`: the session, truly blocking the calling thread. */
export { BlockingSession } from './blocking-session.js'
export type { BlockingOptions, BlockingProfileOptions, BlockingRequestOptions } from './blocking-options.js'
export { BlockingResult } from './blocking-result.js'
export type { BlockingExecutionInfo } from './blocking-result.js'
export type { BlockingConcurrentOptions, BlockingExecutionResult } from './blocking-run.js'
export type { BlockingHost } from './result-reader.js'
