/**
 * Every error of the driver extends {@link CqlwireError}. Errors answered by a server stand in `server-errors.ts`.
 *
 * A message says what happened, where, whether the request was sent, and what to do now; `code` is for programs.
 */

export interface CqlwireErrorOptions {
  readonly code?: string
  readonly cause?: unknown
}

/** The root of every error that the driver makes. */
export class CqlwireError extends Error {
  /** A stable, machine-readable name of the kind of error, e.g. `'ERR_TIMED_OUT'`. */
  readonly code: string

  constructor(message: string, options: CqlwireErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = options.code ?? 'ERR_CQLWIRE'
  }
}

/** An option of a constructor or a call is unknown, or its value is not one that it takes. Nothing was sent. */
export class InvalidOptionError extends CqlwireError {
  /** Where the option stands, e.g. `pool.heartbeatIntervalMs`. */
  readonly path: string

  constructor(path: string, message: string, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_INVALID_OPTION', ...options })
    this.path = path
  }
}

/** A value of a call is wrong: a parameter's type or range, a missing or an extra one. Nothing was sent. */
export class InvalidArgumentError extends CqlwireError {
  constructor(message: string, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_INVALID_ARGUMENT', ...options })
  }
}

/** A connection could not be made, or was lost. `sent` says whether a request had already been written to it. */
export class ConnectionError extends CqlwireError {
  /** The node's `address:port`, where one is known. */
  readonly host: string | null
  /** True where the request may have reached the server, false where it surely has not. */
  readonly sent: boolean

  constructor(message: string, options: CqlwireErrorOptions & { readonly host?: string | null; readonly sent?: boolean } = {}) {
    super(message, { code: 'ERR_CONNECTION', ...options })
    this.host = options.host ?? null
    this.sent = options.sent ?? false
  }
}

/** Bytes from the peer that are not CQL as the specification has it: truncated, oversized, a bad checksum, an unknown code. */
export class MalformedFrameError extends CqlwireError {
  constructor(message: string, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_MALFORMED_FRAME', ...options })
  }
}

/** No answer within the request's total deadline. The server may still carry the request out if it was sent. */
export class OperationTimedOutError extends CqlwireError {
  readonly timeoutMs: number
  /** The host that was asked last, `address:port`, or null where none was. */
  readonly host: string | null
  readonly sent: boolean

  constructor(
    message: string,
    options: CqlwireErrorOptions & { readonly timeoutMs: number; readonly host?: string | null; readonly sent?: boolean },
  ) {
    super(message, { code: 'ERR_TIMED_OUT', ...options })
    this.timeoutMs = options.timeoutMs
    this.host = options.host ?? null
    this.sent = options.sent ?? false
  }
}

/** Every host of the query plan was tried or could not be: `errors` says why, host by host. */
export class NoHostAvailableError extends CqlwireError {
  readonly errors: ReadonlyMap<string, Error>

  constructor(message: string, errors: ReadonlyMap<string, Error>, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_NO_HOST_AVAILABLE', ...options })
    this.errors = errors
  }
}

/** A bound on requests in flight or queued was reached. Nothing was sent: slow down, then try again. */
export class BusyError extends CqlwireError {
  constructor(message: string, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_BUSY', ...options })
  }
}

/** The server wants credentials that were not given, or does not take those that were. */
export class AuthenticationError extends CqlwireError {
  readonly host: string | null

  constructor(message: string, options: CqlwireErrorOptions & { readonly host?: string | null } = {}) {
    super(message, { code: 'ERR_AUTHENTICATION', ...options })
    this.host = options.host ?? null
  }
}

/** The cluster or the session was shut down. */
export class ShutdownError extends CqlwireError {
  constructor(message: string, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_SHUTDOWN', ...options })
  }
}

/** A cluster, session or future was carried into another process or thread; each must make its own. */
export class SharedSessionError extends CqlwireError {
  constructor(message: string, options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ERR_SHARED_SESSION', ...options })
  }
}

/** The input failed half-way. What was in flight has settled by then. */
export class ConcurrentInputError extends CqlwireError {
  /** Requests that were sent. */
  readonly sent: number
  /** Requests that were answered without an error. */
  readonly acknowledged: number

  constructor(cause: unknown, sent: number, acknowledged: number) {
    const message = cause instanceof Error ? cause.message : String(cause)
    super(
      `The input of a concurrent helper failed after ${sent} requests were sent, of which ${acknowledged} were acknowledged: ${message}`,
      { code: 'ERR_INPUT', cause },
    )
    this.sent = sent
    this.acknowledged = acknowledged
  }
}

/** The platform's own shape of an aborted operation: `name` is `'AbortError'`, `cause` is the signal's reason. */
export class AbortError extends CqlwireError {
  constructor(message = 'The operation was aborted by its signal', options: CqlwireErrorOptions = {}) {
    super(message, { code: 'ABORT_ERR', ...options })
    this.name = 'AbortError'
  }
}
