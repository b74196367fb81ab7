/** The package apache-arrow: an optional peer, loaded when it is asked for. */
import type * as apacheArrow from 'apache-arrow'
import { CqlwireError } from '../base/errors.js'

export type Arrow = typeof apacheArrow

/** @throws {CqlwireError} (ERR_MISSING_PACKAGE) it is not installed */
export async function loadArrow(): Promise<Arrow> {
  try {
    return await import('apache-arrow')
  } catch (cause) {
    throw new CqlwireError(
      `cqlwire/arrow needs the package apache-arrow, which could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}. Install it (npm install apache-arrow)`,
      { code: 'ERR_MISSING_PACKAGE', cause },
    )
  }
}
