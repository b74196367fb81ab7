/** That fuzzing finds what it looks for: decoders that are broken on purpose, and one that isn't. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fuzz } from './guided/run.js'

const module = new URL('./guided/broken-targets.js', import.meta.url).href

async function failuresOf(name: string, inputs: number): Promise<string[]> {
  const { failures } = await fuzz({ module, names: [name], inputs, seed: 7, workers: 1 })
  return failures.map(({ kind, message }) => `${kind}: ${message}`)
}

describe('guided fuzzing', () => {
  test('finds nothing in a decoder that checks its lengths, and tries as many inputs as it is told', async () => {
    const { targets, failures } = await fuzz({ module, names: ['a careful decoder'], inputs: 20_000, seed: 7, workers: 1 })
    assert.deepEqual(failures, [])
    assert.equal(targets[0]!.tried >= 20_000, true)
    assert.ok(targets[0]!.kept > 1, 'inputs that reach something new are kept')
  })

  test('finds a length that is allocated before it is checked', async () => {
    const failures = await failuresOf('a length that is allocated before it is checked', 50_000)
    assert.ok(
      failures.some((text) => /^memory: allocates \d+ KiB for an input of \d+ bytes/.test(text)),
      failures.join('\n'),
    )
  })

  test('finds a count that is believed', async () => {
    const failures = await failuresOf('a count that is believed', 50_000)
    assert.ok(
      failures.some((text) => /^(crash: RangeError: Invalid array length|memory: )/.test(text)),
      failures.join('\n'),
    )
  })

  test('finds a value that is filled up to its type', async () => {
    const failures = await failuresOf('a value that is filled up to its type', 20_000)
    assert.match(failures.join('\n'), /^memory: allocates \d+ KiB for an input of \d+ bytes/)
  })

  test('finds a read past the end', async () => {
    assert.match((await failuresOf('a read past the end', 50_000)).join('\n'), /crash: RangeError: Offset is outside the bounds/)
  })

  test('finds a loop that does not move on, and the input that it hangs on', async () => {
    const name = 'a loop that does not move on'
    const { failures } = await fuzz({ module, names: [name], inputs: 50_000, seed: 7, workers: 1, hangMs: 1_500 })
    assert.deepEqual(
      failures.filter(({ kind }) => kind === 'hang').map(({ target, message }) => `${target}: ${message}`),
      [`${name}: takes more than 1500 ms`],
    )
    // A length of -4 or less stands in it: that is where it never moves on from.
    const hangs = failures.find(({ kind }) => kind === 'hang')!.input
    assert.ok(Array.from({ length: hangs.length - 3 }, (_, at) => hangs.readInt32BE(at)).some((length) => length <= -4))
  })

  test('comes to a bug behind four right bytes, step by step', async () => {
    assert.match((await failuresOf('a bug behind four right bytes', 1_000_000)).join('\n'), /crash: TypeError: reached/)
  })
})
