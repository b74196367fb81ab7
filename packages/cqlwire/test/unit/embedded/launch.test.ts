import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { launch } from '../../../src/embedded/cluster.js'
import { EmbeddedCassandraError } from '../../../src/embedded/embedded-error.js'
import type { EmbeddedCassandra } from '../../../src/embedded/embedded-cassandra.js'
import type { EmbeddedCassandraOptions } from '../../../src/embedded/options.js'
import { findFreePort } from '../../../src/embedded/ports.js'
import { resolveEmbeddedOptions } from '../../../src/embedded/resolve-options.js'
import { isAlive, Scratch } from './scratch.js'

describe('a start that fails', () => {
  let scratch: Scratch
  beforeEach(async () => {
    scratch = await Scratch.make()
  })
  afterEach(() => scratch.remove())

  async function launchWith(script: string, options: EmbeddedCassandraOptions = {}): Promise<EmbeddedCassandra> {
    const java = await scratch.program('java', script)
    const resolved = resolveEmbeddedOptions({ port: 0, storagePort: 0, heap: '256m', ...options })
    return await launch(resolved, () => {}, { java, jars: ['x.jar'] })
  }

  it('shows the last lines of the log of a JVM that died, and leaves no folder behind', async () => {
    const script = `pwd > "${scratch.join('folder')}"; echo "Exception: the disk is on fire"; exit 7`
    await assert.rejects(
      launchWith(script),
      (error) =>
        error instanceof EmbeddedCassandraError &&
        error.code === 'ERR_NODE_DIED' &&
        error.address === '127.0.0.1' &&
        /exit code 7/.test(error.message) &&
        error.message.endsWith('Exception: the disk is on fire') &&
        error.log.at(-1) === 'Exception: the disk is on fire',
    )
    assert.equal(existsSync(readFileSync(scratch.join('folder'), 'utf8').trim()), false)
  })

  it('starts a JVM again that did not hear of its peers in time, a few times', async () => {
    const script = `echo started >> "${scratch.join('starts')}"; echo "RuntimeException: Unable to gossip with any peers"; exit 3`
    await assert.rejects(launchWith(script), (error) => error instanceof EmbeddedCassandraError && error.code === 'ERR_NODE_DIED')
    assert.equal(readFileSync(scratch.join('starts'), 'utf8'), 'started\n'.repeat(5))
  })

  it('kills a JVM that does not answer in time', async () => {
    const started = launchWith(`echo $$ > "${scratch.join('pid')}"; echo warming up; exec sleep 600`, { startTimeoutMs: 300 })
    await assert.rejects(
      started,
      (error) =>
        error instanceof EmbeddedCassandraError &&
        error.code === 'ERR_NODE_TIMEOUT' &&
        /within 300 ms/.test(error.message) &&
        error.log.at(-1) === 'warming up',
    )
    assert.equal(isAlive(Number(readFileSync(scratch.join('pid'), 'utf8'))), false)
  })

  it('names the program that cannot be started', async () => {
    const resolved = resolveEmbeddedOptions({ port: 0, storagePort: 0, heap: '256m' })
    await assert.rejects(
      launch(resolved, () => {}, { java: scratch.join('absent'), jars: [] }),
      (error) => error instanceof EmbeddedCassandraError && error.code === 'ERR_NODE_DIED' && /absent/.test(error.message),
    )
  })

  it('kills the JVM when its signal is aborted', async () => {
    const aborted = new AbortController()
    const script = `echo $$ > "${scratch.join('pid')}"; exec sleep 600`
    const started = launchWith(script, { signal: aborted.signal })
    const timer = setInterval(() => existsSync(scratch.join('pid')) && aborted.abort(new Error('enough')), 20)
    await assert.rejects(started, /enough/)
    clearInterval(timer)
    assert.equal(isAlive(Number(readFileSync(scratch.join('pid'), 'utf8'))), false)
  })

  it('names a taken port before anything is started', async () => {
    const port = await findFreePort(['127.0.0.1', '127.0.0.2'])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.2', resolve))
    try {
      await assert.rejects(
        launchWith('exit 1', { nodes: 2, port }),
        (error) =>
          error instanceof EmbeddedCassandraError &&
          error.code === 'ERR_PORT_TAKEN' &&
          error.message.includes(`127.0.0.2:${port} is taken`),
      )
    } finally {
      server.close()
    }
  })

  it('keeps a folder that was given, with the configuration that was asked for', async () => {
    const directory = scratch.join('kept')
    await assert.rejects(
      launchWith('exit 1', { directory, nodes: 2, datacenters: ['a', 'b'], config: { num_tokens: 4, cidr_groups_mapping_manager: null } }),
    )
    const yaml = JSON.parse(readFileSync(scratch.join('kept/node2/cassandra.yaml'), 'utf8')) as Record<string, unknown>
    assert.equal(yaml['listen_address'], '127.0.0.2')
    assert.equal(yaml['num_tokens'], 4)
    assert.equal(yaml['user_defined_functions_enabled'], true)
    assert.equal(readFileSync(scratch.join('kept/node2/cassandra-rackdc.properties'), 'utf8'), 'dc=b\nrack=rack1\n')
  })
})
