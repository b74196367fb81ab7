// The sum that the fault suite ends with, and what makes it fail.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addUp, problemOf } from '../testing/fault-tests.mjs'

const line = (counts) => `${JSON.stringify({ faults: 1, requests: 3, acknowledged: 2, failed: 1, lost: 0, left: 0, ...counts })}\n`

test('adds up what the test processes wrote', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-ledger-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ledger.jsonl')
  assert.equal(addUp(file).requests, 0)
  writeFileSync(file, line({}) + line({ requests: 10, acknowledged: 9 }))
  assert.deepEqual(addUp(file), { faults: 2, requests: 13, acknowledged: 11, failed: 2, lost: 0, left: 0 })
})

test('fails for requests that were lost, for what was left, and for what does not add up', () => {
  const figures = { faults: 1, requests: 3, acknowledged: 2, failed: 1, lost: 0, left: 0 }
  assert.equal(problemOf(figures), null)
  assert.match(problemOf({ ...figures, lost: 1, failed: 0 }), /1 requests without an outcome/)
  assert.match(problemOf({ ...figures, left: 2 }), /2 cases left something behind/)
  assert.match(problemOf({ ...figures, acknowledged: 1 }), /1 requests are not accounted for/)
})
