// A reporter for Node's test runner that counts: one JSON document { passed, failed, skipped, failures } at the end.
import { isAbsolute } from 'node:path'

export default async function* countReporter(events) {
  const totals = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const outcome = outcomeOf(type, data)
    if (outcome === undefined) continue
    totals[outcome] += 1
    if (outcome === 'failed') totals.failures.push({ name: data.name, file: data.file ?? data.name })
  }
  yield JSON.stringify(totals)
}

/**
 * What one event of a finished test counts as, undefined for what isn't a test (a `describe`, a test that failed only
 * because a test within it did).
 */
export function outcomeOf(type, data) {
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped'
  // Node reports a whole file as one test where it holds none (passed) or its process failed: a file without tests can't fail.
  if (type === 'test:pass' && isAbsolute(data.name)) return 'failed'
  if (data.details?.type === 'suite' && !(type === 'test:fail' && ownFailure(data))) return undefined
  if (type === 'test:fail') return ownFailure(data) ? 'failed' : undefined
  return 'passed'
}

const ownFailure = (data) => data.details?.error?.failureType !== 'subtestsFailed'
