import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { cacheDirectory } from 'cqlwire/embedded'

const command = fileURLToPath(new URL('../../bin/cqlwire.js', import.meta.url))

describe('cqlwire up and down', () => {
  let cache
  before(async () => {
    // A cache of its own, so that a Cassandra that somebody has up stays up; the jars are those of the real one.
    cache = await mkdtemp(join(tmpdir(), 'cqlwire-cli-'))
    for (const name of await readdir(cacheDirectory()).catch(() => [])) {
      if (/^cassandra-[\d.]+$/.test(name)) await symlink(join(cacheDirectory(), name), join(cache, name))
    }
  })
  after(() => rm(cache, { recursive: true, force: true }))

  const run = (...args) =>
    new Promise((resolve) => {
      execFile(process.execPath, [command, ...args], { env: { ...process.env, CQLWIRE_CACHE: cache } }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
      )
    })

  it('says so when nothing is up', async () => {
    assert.deepEqual(await run('down'), { code: 0, stdout: 'Nothing is up.\n', stderr: '' })
  })

  it('lists its commands', async () => {
    const { code, stdout } = await run('--help')
    assert.equal(code, 0)
    assert.match(stdout, /^ {2}up \[options\]/m)
    assert.match(stdout, /^ {2}down /m)
  })

  it('refuses a wrong option by its name', async () => {
    const { code, stderr } = await run('up', '--heap', '3')
    assert.equal(code, 1)
    assert.match(stderr, /^cqlwire: Option heap takes a size/m)
  })

  it('goes on in the background until it is told to stop', async () => {
    const up = await run('up', '--detach', '--port', '0', '--storage-port', '0')
    assert.equal(up.code, 0, up.stderr)
    const where = /Cassandra is up: (127\.0\.0\.1:\d+)/.exec(up.stdout)?.[1]
    assert.ok(where)
    const again = await run('up', '--port', '0', '--storage-port', '0')
    assert.equal(again.code, 1)
    assert.match(again.stderr, new RegExp(`up already: ${where}`))
    assert.deepEqual(await run('down'), { code: 0, stdout: `Stopped: ${where}\n`, stderr: '' })
    assert.deepEqual(await run('down'), { code: 0, stdout: 'Nothing is up.\n', stderr: '' })
  })

  it('stops at Ctrl-C in the foreground', async () => {
    const child = spawn(process.execPath, [command, 'up', '--port', '0', '--storage-port', '0'], {
      env: { ...process.env, CQLWIRE_CACHE: cache },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const exited = once(child, 'exit')
    for await (const chunk of child.stdout) {
      if (String(chunk).includes('Ctrl-C stops it')) child.kill('SIGINT')
    }
    assert.deepEqual(await exited, [0, null])
    assert.deepEqual(await run('down'), { code: 0, stdout: 'Nothing is up.\n', stderr: '' })
  })
})
