import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { EmbeddedCassandraError } from '../../../src/embedded/embedded-error.js'
import { findJava, parseJavaMajor } from '../../../src/embedded/java.js'
import { Scratch } from './scratch.js'

describe('the Java that runs Cassandra', () => {
  let scratch: Scratch
  before(async () => {
    scratch = await Scratch.make()
    for (const name of ['17', '21', 'empty']) await mkdir(scratch.join(name, 'bin'), { recursive: true })
    await scratch.program('17/bin/java', `echo 'openjdk version "17.0.9" 2023-10-17' >&2`)
    await scratch.program('21/bin/java', `echo 'openjdk version "21.0.1" 2023-10-17' >&2`)
  })
  after(() => scratch.remove())

  it('reads the major release as each vendor and age writes it', () => {
    assert.equal(parseJavaMajor('openjdk version "17.0.15" 2025-04-15'), 17)
    assert.equal(parseJavaMajor('java version "1.8.0_402"'), 8)
    assert.equal(parseJavaMajor('openjdk version "21" 2023-09-19'), 21)
    assert.equal(parseJavaMajor('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "17-ea"'), 17)
    assert.equal(parseJavaMajor('command not found'), null)
  })

  it('is that of JAVA_HOME', async () => {
    const java = await findJava({ JAVA_HOME: scratch.join('17') })
    assert.equal(java.command, scratch.join('17/bin/java'))
    assert.match(java.version, /17\.0\.9/)
  })

  it('is refused by name where JAVA_HOME has another release', async () => {
    await assert.rejects(
      findJava({ JAVA_HOME: scratch.join('21') }),
      (error) =>
        error instanceof EmbeddedCassandraError &&
        error.code === 'ERR_JAVA_VERSION' &&
        /21\.0\.1/.test(error.message) &&
        /JAVA_HOME/.test(error.message),
    )
  })

  it('says how to install one where JAVA_HOME has none', async () => {
    await assert.rejects(
      findJava({ JAVA_HOME: scratch.join('empty') }),
      (error) =>
        error instanceof EmbeddedCassandraError &&
        error.code === 'ERR_JAVA_MISSING' &&
        /apt-get install openjdk-17/.test(error.message) &&
        /brew/.test(error.message),
    )
  })
})
