import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { programFile } from '../../support/program-file.js'
import { eventually, isAlive, Scratch } from './scratch.js'

const cluster = new URL('../../../src/embedded/cluster.js', import.meta.url).href
const options = new URL('../../../src/embedded/resolve-options.js', import.meta.url).href

/** A program of its own that starts a node on a stand-in for `java`, which writes down its number and never answers. */
const parent = (java: string, then: string): string => `
  import { launch } from '${cluster}'
  import { resolveEmbeddedOptions } from '${options}'
  const started = launch(resolveEmbeddedOptions({ port: 0, storagePort: 0, heap: '256m' }), () => {}, { java: '${java}', jars: ['x.jar'] })
  started.catch(() => {})
  ${then}`

/** Writes its number, and the folder that it runs in, where the test finds them. */
const silentJava = (pidFile: string): string => `pwd > "${pidFile}.folder"; echo $$ > "${pidFile}"; exec sleep 600`

describe('a JVM', () => {
  let scratch: Scratch
  let pidFile: string
  beforeEach(async () => {
    scratch = await Scratch.make()
    pidFile = scratch.join('pid')
  })
  afterEach(() => scratch.remove())

  async function startParent(then: string): Promise<{ child: ChildProcess; jvm: number; folder: string }> {
    const java = await scratch.program('java', silentJava(pidFile))
    const child = spawn(process.execPath, [programFile(parent(java, then))], { stdio: ['ignore', 'inherit', 'inherit'] })
    const jvm = await eventually('the JVM starts', () => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')))
    return { child, jvm, folder: readFileSync(`${pidFile}.folder`, 'utf8').trim() }
  }

  async function assertGone(child: ChildProcess, jvm: number, folder: string): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await eventually('the JVM is gone', () => !isAlive(jvm))
    await eventually('its temporary folder is gone', () => !existsSync(folder))
  }

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`ends with a parent that gets ${signal}`, async () => {
      const { child, jvm, folder } = await startParent('')
      assert.ok(isAlive(jvm))
      child.kill(signal)
      await assertGone(child, jvm, folder)
      assert.equal(child.signalCode, signal)
    })
  }

  it('ends with a killed parent even while it is stopped', async () => {
    const { child, jvm, folder } = await startParent('')
    process.kill(jvm, 'SIGSTOP')
    child.kill('SIGKILL')
    await assertGone(child, jvm, folder)
  })

  it('ends with a parent that exits', async () => {
    const { child, jvm, folder } = await startParent(
      `setInterval(() => existsSync('${pidFile}') && process.exit(3), 20); const { existsSync } = await import('node:fs')`,
    )
    await assertGone(child, jvm, folder)
    assert.equal(child.exitCode, 3)
  })

  it('ends with a parent that throws', async () => {
    const { child, jvm, folder } = await startParent(
      `const { existsSync } = await import('node:fs'); process.stderr.write = () => true; setInterval(() => { if (existsSync('${pidFile}')) throw new Error('as the test has it') }, 20)`,
    )
    await assertGone(child, jvm, folder)
    assert.notEqual(child.exitCode, 0)
  })
})
