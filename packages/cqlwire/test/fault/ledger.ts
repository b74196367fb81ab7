/**
 * What the fault tests did, for the sum at the end of the suite: every request that was made, acknowledged or failed, every fault that was
 * injected, and what was left behind. Counts without changing anything, around the methods that know.
 */
import { appendFileSync } from 'node:fs'
import { Execution } from '../../src/session/execution.js'
import { FakeNode } from '../../src/testing/fake-node.js'
import { ProxyNode } from '../../src/testing/proxy/proxy-node.js'
import type { Reply } from '../../src/testing/reply.js'
import { Rule } from '../../src/testing/rules.js'

/** One line of the file that CQLWIRE_FAULT_LEDGER names, as JSON. scripts/testing/fault-tests.mjs adds them up. */
const counts = { faults: 0, requests: 0, acknowledged: 0, failed: 0, lost: 0, left: 0 }

/** Requests whose outcome nobody knows yet. */
const pending = new Set<Execution>()

const HARMLESS: ReadonlySet<Reply['kind']> = new Set(['rows', 'void', 'set-keyspace', 'schema-change', 'extras'])

/** A fault that no method of the fake cluster or the proxy stands for: bytes of a test's own. */
export function countFault(): void {
  counts.faults++
}

/** Requests that are still to be told their outcome. */
export function pendingRequests(): number {
  return pending.size
}

/** Something was not given back: the suite fails, whatever the test says. */
export function countLeft(): void {
  counts.left++
}

/** Calls `before` ahead of the method. */
function around<T extends object, K extends keyof T & string>(
  prototype: T,
  name: K,
  before: (self: T, args: readonly unknown[]) => void,
): void {
  const method = prototype[name] as (...args: unknown[]) => unknown
  prototype[name] = function (this: T, ...args: unknown[]): unknown {
    before(this, args)
    return method.apply(this, args)
  } as T[K]
}

const settled = (outcome: 'acknowledged' | 'failed') => (execution: Execution) => {
  if (pending.delete(execution)) counts[outcome]++
}
around(Execution.prototype, 'complete', settled('acknowledged'))
around(Execution.prototype, 'fail', settled('failed'))

const { start } = Execution.prototype
Execution.prototype.start = function (this: Execution, spentMs: number): void {
  counts.requests++
  pending.add(this)
  try {
    start.call(this, spentMs)
  } catch (error) {
    // Known at once: the call itself fails.
    settled('failed')(this)
    throw error
  }
}

around(Rule.prototype, 'take', ({ reaction }) => {
  if (typeof reaction === 'function' || !HARMLESS.has(reaction.kind)) countFault()
})
for (const name of ['refuse', 'disconnectAll', 'stopReading', 'forgetPrepared', 'moveTo'] as const)
  around(FakeNode.prototype, name, countFault)
for (const name of ['cut', 'pause', 'refuse', 'slow'] as const) around(ProxyNode.prototype, name, countFault)

process.on('exit', () => {
  counts.lost = pending.size
  const file = process.env['CQLWIRE_FAULT_LEDGER']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(counts)}\n`)
})
