/** What may travel between a ParallelSession and its workers: values, not things that do something. */
import { InvalidArgumentError, SharedSessionError } from '../base/errors.js'
import { joinPath } from '../base/option-error.js'
import { EMPTY } from '../codec/empty.js'
import { isPlainObject } from '../codec/plain-object.js'
import { Cluster } from '../session/cluster.js'
import { PreparedStatement } from '../session/prepared-statement.js'
import { ResponseFuture } from '../session/response-future.js'
import { ResultSet } from '../session/result-set.js'
import { Session } from '../session/session.js'
import { Decimal } from '../values/decimal.js'
import { Duration } from '../values/duration.js'
import { InetAddress } from '../values/inet-address.js'
import { LocalDate } from '../values/local-date.js'
import { LocalTime } from '../values/local-time.js'
import { Uuid } from '../values/uuid.js'
import { MOST_DEPTH } from '../transfer/value-tags.js'

const VALUES = [Date, Uuid, Decimal, Duration, InetAddress, LocalDate, LocalTime, Error, ArrayBuffer, SharedArrayBuffer] as const
const LIVING = [Session, Cluster, ResponseFuture, PreparedStatement] as const

/**
 * @throws {SharedSessionError} a session, cluster, future or prepared statement is in it
 * @throws {InvalidArgumentError} something else in it can't be carried over; the message says where
 */
export function refuseUncloneable(value: unknown, path = '', depth = 0): void {
  if (typeof value === 'function' || (typeof value === 'symbol' && value !== EMPTY)) refuse(path, `a ${typeof value}`)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if (depth > MOST_DEPTH) refuse(path, `something more than ${MOST_DEPTH} deep (does it contain itself?)`)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) refuseUncloneable(value[i], joinPath(path, i), depth + 1)
  } else if (isPlainObject(value)) {
    for (const key of Object.keys(value)) refuseUncloneable(value[key], joinPath(path, key), depth + 1)
  } else if (value instanceof Map || value instanceof Set) {
    for (const item of value) refuseUncloneable(item, path, depth + 1)
  } else if (!VALUES.some((each) => value instanceof each)) refuseInstance(value, path)
}

function refuseInstance(value: object, path: string): never {
  const living = LIVING.find((each) => value instanceof each)
  if (living !== undefined) {
    throw new SharedSessionError(
      `A ${living.name} can't be carried to another thread or process${at(path)}: each worker has its own. Carry values, and use the session that the function in the worker is given`,
    )
  }
  if (value instanceof ResultSet)
    refuse(path, 'a ResultSet, which is bound to its session; give its rows (result.rows, or await result.all())')
  refuse(path, `an object of class ${value.constructor?.name ?? 'unknown'}`)
}

function refuse(path: string, what: string): never {
  throw new InvalidArgumentError(
    `Plain values travel between a ParallelSession and its workers (what CQL has, and objects, arrays, maps, sets, dates, bytes and errors)${at(path)}: got ${what}`,
  )
}

function at(path: string): string {
  return path === '' ? '' : ` (${path})`
}
