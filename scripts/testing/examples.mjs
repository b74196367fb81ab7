// Runs every example as its reader would, in a process of its own, against the Cassandra of this test run.
// An example passes when it ends by itself with exit code 0.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'

const { contactPoints, port, localDataCenter } = JSON.parse(process.env.CQLWIRE_TEST_CASSANDRA)
const files = JSON.parse(process.env.CQLWIRE_EXAMPLES)
const env = {
  ...process.env,
  CQLWIRE_CONTACT_POINTS: contactPoints.map((point) => (/:\d+$/.test(point) ? point : `${point}:${port}`)).join(','),
  CQLWIRE_LOCAL_DATA_CENTER: localDataCenter,
}
// This process was started by Node's test runner; an example that is a test by itself must not talk to that runner.
delete env.NODE_TEST_CONTEXT

for (const file of files) {
  test(`${file} runs to its end`, { timeout: 60_000 }, async (t) => {
    const { code, output } = await runExample(file, t.signal)
    assert.equal(code, 0, `exit code ${code}; it wrote:\n${output}`)
  })
}

function runExample(file, signal) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', file], { env, signal, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => (output += `${error.message}\n`))
    child.on('close', (code) => resolve({ code, output }))
  })
}
