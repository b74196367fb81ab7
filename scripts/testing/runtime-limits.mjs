// What a runtime can't do, test by test: these may fail there. docs/runtimes.md says the same for users.

const bunStacks = 'JavaScriptCore has no lines of awaiting code, and drops frames that end in a call'
const noAlert = "its TLS sockets don't tell the alert with which a server closes them: the error says only that it did"
const bunSnappy = 'it detaches the buffers of the package snappy while they are in use'
const bunEquality = 'its assert.deepEqual takes equal maps with keys that are objects, and subclassed errors, for different'

const limits = [
  { runtime: 'bun', file: 'unit/session/stack.test', test: /lines of those who await|given to several/, why: bunStacks },
  { runtime: 'bun', file: 'unit/transfer/error-transfer.test', test: /the stack becomes that of the line that called/, why: bunStacks },
  {
    runtime: 'bun',
    file: 'unit/sync/blocking-session.test',
    test: /the line that called|stop at the first error|a node that is not there/,
    why: bunStacks,
  },
  {
    runtime: 'bun',
    file: 'unit/transfer/error-transfer.test',
    test: /(ConcurrentInputError|RangeError|AggregateError) arrives as the same class/,
    why: bunEquality,
  },
  { runtime: 'bun', file: 'unit/transfer/value-writer.test', test: /of every type that a column can have/, why: bunEquality },
  { runtime: 'bun', file: 'integration/bad-input.test', test: /has the caller's line/, why: bunStacks },
  {
    runtime: 'bun',
    file: 'unit/embedded/guardian.test',
    test: /killed parent even while it is stopped/,
    why: 'children of Bun inherit the pipe by which the guardian learns of the end of its parent',
  },
  {
    runtime: 'deno',
    file: 'unit/embedded/certificates.test',
    test: /./,
    why: 'its X509Certificate does not read a PEM file that begins with a key',
  },
  { runtime: 'bun', file: 'integration/auth-tls.test', test: /by a client without a certificate/, why: noAlert },
  { runtime: 'deno', file: 'integration/auth-tls.test', test: /by a client without a certificate/, why: noAlert },
  { runtime: 'bun', file: 'integration/auth-tls.test', test: /snappy/, why: bunSnappy },
  { runtime: 'bun', file: 'integration/cluster.test', test: /snappy/, why: bunSnappy },
]

/** Why this test may fail there, or undefined. */
export function limitOf(runtime, file, title) {
  return limits.find((limit) => limit.runtime === runtime && file.includes(limit.file) && limit.test.test(title))?.why
}
