/**
 * The options that were resolved last, and what came of them.
 *
 * Loops give the same options object with every request. Whether it still says the same is asked field by field, which is many times
 * cheaper than resolving it again; only a field of an unknown name that is added later goes unnoticed.
 */
import { type RequestOptions, type RequestSettings, withOptions } from './request-options.js'

export class SettingsMemo {
  #options: RequestOptions | null = null
  #base: RequestSettings | null = null
  /** What the object said. */
  #said: RequestOptions = {}
  #settings: RequestSettings | null = null

  /** As `withOptions`. The settings are shared: never change them. */
  resolve(base: RequestSettings, options: RequestOptions): RequestSettings {
    if (options === this.#options && base === this.#base && saysTheSame(options, this.#said)) return this.#settings!
    const settings = withOptions(base, options)
    // Contents may change where the object stays; and nobody's signal or page is held on to.
    if (settings.customPayload !== null || settings.pageState !== null || settings.signal !== null) return settings
    this.#options = options
    this.#base = base
    this.#said = { ...options }
    return (this.#settings = settings)
  }
}

/** Straight-line, since a loop over names would look each of them up. */
function saysTheSame(one: RequestOptions, other: RequestOptions): boolean {
  return (
    one.consistency === other.consistency &&
    one.serialConsistency === other.serialConsistency &&
    one.pageSize === other.pageSize &&
    one.pageState === other.pageState &&
    one.timeoutMs === other.timeoutMs &&
    one.timestamp === other.timestamp &&
    one.idempotent === other.idempotent &&
    one.trace === other.trace &&
    one.customPayload === other.customPayload &&
    one.executeAs === other.executeAs &&
    one.executionProfile === other.executionProfile &&
    one.keyspace === other.keyspace &&
    one.host === other.host &&
    one.prepare === other.prepare &&
    one.rowFactory === other.rowFactory &&
    one.retry === other.retry &&
    one.loadBalancing === other.loadBalancing &&
    one.speculativeExecution === other.speculativeExecution &&
    one.nowInSeconds === other.nowInSeconds &&
    one.signal === other.signal
  )
}
