/** What a BlockingSession takes: the options of a cluster and of requests, but for what can't live in another thread. */
import type { ClusterOptions } from '../cluster/options.js'
import type { Profiles } from '../session/profiles.js'
import type { Parameters, Statement } from '../session/statements.js'
import { type CarriedRequestOptions, type Origin, originOf as originIn } from '../transfer/origin.js'
import { carriedOptions, type PlainOptions } from '../transfer/plain-options.js'

const BLOCKING = { session: 'BlockingSession', where: 'another thread' } as const

/** The options to start the worker with. Throws an InvalidOptionError for one that can't be carried over. */
export function workerOptions(options: PlainOptions): ClusterOptions {
  return carriedOptions(options, BLOCKING)
}

/** @throws {InvalidOptionError} an option is unknown, wrong, or can't be carried over; nothing was sent */
export function originOf(profiles: Profiles, statement: Statement, params: Parameters, options: CarriedRequestOptions | undefined): Origin {
  return originIn(profiles, statement, params, options, BLOCKING.session)
}
