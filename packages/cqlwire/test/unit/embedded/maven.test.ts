import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { EmbeddedCassandraError } from '../../../src/embedded/embedded-error.js'
import { resolveJars } from '../../../src/embedded/maven.js'
import { Scratch } from './scratch.js'

/** Does what Maven would: puts jars into the folder of -DoutputDirectory. Leaves a line in `runs` each time. */
const workingMaven = `
echo run >> "$0.runs"
for arg in "$@"; do case $arg in -DoutputDirectory=*) out=\${arg#*=} ;; esac; done
sleep 0.3
mkdir -p "$out" && touch "$out/b.jar" "$out/a.jar" "$out/notes.txt"`

describe('the jars of Cassandra', () => {
  let scratch: Scratch
  const lines: string[] = []
  const resolveWith = (maven: string): Promise<string[]> =>
    resolveJars({ version: '5.0.6', cache: scratch.join('cache'), onProgress: (line) => lines.push(line), maven })

  beforeEach(async () => {
    scratch = await Scratch.make()
    lines.length = 0
  })
  afterEach(() => scratch.remove())

  it('are resolved once, then taken from the cache', async () => {
    const maven = await scratch.program('mvn', workingMaven)
    const jars = await resolveWith(maven)
    assert.deepEqual(jars, [scratch.join('cache/cassandra-5.0.6/a.jar'), scratch.join('cache/cassandra-5.0.6/b.jar')])
    assert.deepEqual(await resolveWith('/no/such/maven'), jars)
    assert.equal(lines.length, 1)
    assert.deepEqual(await readdir(scratch.join('cache')), ['cassandra-5.0.6'])
  })

  it('are resolved by one of several that want them at the same time', async () => {
    const maven = await scratch.program('mvn', workingMaven)
    const all = await Promise.all([resolveWith(maven), resolveWith(maven), resolveWith(maven)])
    for (const jars of all) assert.equal(jars.length, 2)
    assert.equal(await readFile(`${maven}.runs`, 'utf8'), 'run\n')
  })

  it('are resolved although a process that was killed left its lock and its work', async () => {
    const maven = await scratch.program('mvn', workingMaven)
    await mkdir(scratch.join('cache/resolving-5.0.6-abc'), { recursive: true })
    // No process has this number: Linux and macOS stop well below.
    await writeFile(scratch.join('cache/cassandra-5.0.6.lock'), '99999999')
    assert.equal((await resolveWith(maven)).length, 2)
    assert.deepEqual(await readdir(scratch.join('cache')), ['cassandra-5.0.6'])
  })

  it('need Maven, and say how to install it', async () => {
    await assert.rejects(
      resolveWith(scratch.join('absent')),
      (error) =>
        error instanceof EmbeddedCassandraError && error.code === 'ERR_MAVEN_MISSING' && /apt-get install maven/.test(error.message),
    )
  })

  it('show what Maven said where it fails, and leave nothing in the cache', async () => {
    const maven = await scratch.program('mvn', 'echo "[ERROR] Could not transfer artifact" >&2; exit 1')
    await assert.rejects(
      resolveWith(maven),
      (error) =>
        error instanceof EmbeddedCassandraError && error.code === 'ERR_MAVEN_FAILED' && /Could not transfer artifact/.test(error.message),
    )
    assert.deepEqual(await readdir(scratch.join('cache')), [])
  })

  it('are not waited for once the signal is aborted', async () => {
    const maven = await scratch.program('mvn', 'exec sleep 600')
    const aborted = new AbortController()
    const started = resolveJars({
      version: '5.0.6',
      cache: scratch.join('cache'),
      onProgress: () => setTimeout(() => aborted.abort(new Error('enough')), 50),
      maven,
      signal: aborted.signal,
    })
    await assert.rejects(started, /enough/)
    assert.deepEqual(await readdir(scratch.join('cache')), [])
  })
})
