import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Cluster } from 'cqlwire'
import { startCassandra } from 'cqlwire/embedded'
import { loadCities } from '../../dist/demo/cities.js'

const command = fileURLToPath(new URL('../../bin/cqlwire.js', import.meta.url))
const patterns = ['wait', 'futures', 'callbacks', 'concurrent', 'blocking', 'blocking_concurrent']

describe('cqlwire demo', () => {
  let cassandra, own, folder, report
  before(async () => {
    const shared = process.env.CQLWIRE_TEST_CASSANDRA
    if (shared === undefined) own = await startCassandra({ port: 0, storagePort: 0 })
    cassandra = own ?? JSON.parse(shared)
    folder = await mkdtemp(join(tmpdir(), 'cqlwire-demo-'))
    report = join(folder, 'report.html')
  })
  after(async () => {
    await own?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (...args) => {
    const contactPoints = cassandra.contactPoints.map((address) => `${address}:${cassandra.port}`).join(',')
    const child = spawn(process.execPath, [command, 'demo', '--contact-points', contactPoints, '--report', report, ...args])
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })))
    return { child, ended, stderr: () => stderr }
  }

  for (const protocol of [3, 4, 5]) {
    it(`reads back what it wrote in every pattern on protocol v${protocol}, as one JSON document`, async () => {
      const { code, stdout, stderr } = await start('--rows', '400', '--concurrency', '32', '--protocol', `${protocol}`, '--json').ended
      assert.equal(code, 0, stderr)
      const result = JSON.parse(stdout)
      assert.equal(result.ok, true)
      assert.equal(result.server.protocol, protocol)
      assert.deepEqual(
        result.patterns.map(({ name, check }) => [name, check.equalRows, check.rowsInTable]),
        patterns.map((name) => [name, 400, 400]),
      )
      assert.match(await readFile(report, 'utf8'), /Everything read equals what was written/)
    })
  }

  it('ends with exit code 1, and says which row and field, where a row comes back otherwise', async () => {
    const run = start('--rows', '3000')
    const cluster = new Cluster({
      contactPoints: cassandra.contactPoints,
      port: cassandra.port,
      localDataCenter: cassandra.localDataCenter,
    })
    const session = await cluster.connect()
    while (!run.stderr().includes('Warming up')) await delay(20)
    // a name from the future: what the demo writes later is older, so that it never shows
    const [{ id }] = await loadCities(1, new Date())
    await session.execute(`UPDATE cqlwire_demo.cities_concurrent USING TIMESTAMP 9000000000000000 SET name = 'Elsewhere' WHERE id = ${id}`)
    await cluster.shutdown()
    const { code, stderr, stdout } = await run.ended
    assert.equal(code, 1, stderr)
    assert.match(stderr, new RegExp(`executeConcurrentWithArgs: 1 differ\\n +id ${id}, name: written ".*", read "Elsewhere"`))
    assert.match(stdout, /executeConcurrentWithArgs +│ +3,000 [^]*1 differ/)
    assert.match(await readFile(report, 'utf8'), /What was read is not what was written/)
  })

  it('stops at Ctrl-C, with the exit code of an interrupted program', async () => {
    const run = start()
    while (!run.stderr().includes('Warming up')) await delay(20)
    run.child.kill('SIGINT')
    const { code, stderr, stdout } = await run.ended
    assert.equal(code, 130, stderr)
    assert.match(stderr, /Stopped by SIGINT; connections are closed\.\n/)
    assert.equal(stdout, '')
  })

  for (const [title, args, message] of [
    ['a report that could not be written', ['--report', '/nowhere/report.html'], /can't be written to \/nowhere\/report\.html.*--report/],
    ['a data centre that is not there', ['--local-dc', 'atlantis'], /"atlantis"/],
    ['an unreachable server', ['--contact-points', '127.0.0.1:1'], /127\.0\.0\.1:1/],
  ]) {
    it(`refuses ${title} with one clear line`, async () => {
      const { code, stderr, stdout } = await start(...args).ended
      assert.equal(code, 1)
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n {4}at /)
      assert.equal(stdout, '')
    })
  }
})
