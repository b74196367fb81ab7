import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Host } from '../../../src/metadata/host.js'
import { murmur3 } from '../../../src/metadata/murmur3.js'
import { partitionerFor } from '../../../src/metadata/partitioner.js'
import { runThrough } from '../../../src/metadata/slices.js'
import { Murmur3Ring } from '../../../src/metadata/token-ring.js'

function host(last: number, tokens: readonly string[]): Host {
  return new Host({ address: `127.0.0.${last}`, port: 9042, dataCenter: 'dc1', rack: 'r1', tokens })
}

const LONG = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

test('finds the first token that is not smaller, on any ring', () => {
  // Tokens around the edges of the halves, where a wrong sign or a lost carry would show.
  const near = fc.tuple(fc.bigInt({ min: -2n, max: 2n }), fc.bigInt({ min: -2n, max: 2n })).map(([high, low]) => high * 2n ** 32n + low)
  const token = fc.oneof(near, fc.bigInt(LONG))
  fc.assert(
    fc.property(
      fc.uniqueArray(token, { minLength: 1, maxLength: 40 }),
      fc.array(token, { minLength: 1, maxLength: 20 }),
      (tokens, wanted) => {
        const hosts = tokens.map((each, index) => host(index + 1, [String(each)]))
        const ring = new Murmur3Ring(hosts)
        const sorted = tokens.toSorted((a, b) => (a < b ? -1 : 1))
        assert.deepEqual(
          Array.from(sorted, (_, position) => ring.tokenAt(position)),
          sorted,
        )
        for (const each of [...wanted, ...tokens]) {
          const expected = sorted.find((other) => other >= each) ?? sorted[0]!
          const position = ring.locate(each)
          assert.equal(ring.tokenAt(position), expected)
          assert.equal(hosts[ring.owners[position]!]!.tokens[0], String(expected))
        }
      },
    ),
  )
})

test('locates a key by its hash', () => {
  const ring = new Murmur3Ring([host(1, ['-3000000000000000000']), host(2, ['0']), host(3, ['3000000000000000000'])])
  const owners = new Set<number>()
  for (let i = 0; i < 200; i++) {
    const key = Buffer.from(`key ${i}`)
    const position = ring.locateKey(key, 0, key.length)
    assert.equal(position, ring.locate(murmur3(key)))
    const word = Buffer.alloc(4)
    word.writeInt32BE(i - 100)
    assert.equal(ring.locateWords(Int32Array.of(i - 100), 1), ring.locate(murmur3(word)))
    owners.add(position)
  }
  assert.equal(owners.size, 3)
})

test('an empty ring has no positions', () => {
  const ring = new Murmur3Ring([host(1, [])])
  assert.equal(ring.locate(1n), -1)
  assert.equal(ring.locateKey(Buffer.from('a'), 0, 1), -1)
})

test('RandomPartitioner: the absolute value of the MD5 as a signed integer', () => {
  const partitioner = partitionerFor('org.apache.cassandra.dht.RandomPartitioner')!
  // From the Python driver's MD5Token; the digest of b has its upper bit set, that of a has not.
  const a = 16955237001963240173058271559858726497n
  const b = 144992942750327304334463589818972416113n
  assert.equal(partitioner.tokenOf(Buffer.from('a')), a)
  assert.equal(partitioner.tokenOf(Buffer.from('b')), b)
  const ring = runThrough(partitioner.ringOf([host(1, ['0']), host(2, [String(a)]), host(3, [String(b)])]))
  assert.equal(ring.locateKey(Buffer.from('-a-'), 1, 2), 1)
  assert.equal(ring.locateKey(Buffer.from('b'), 0, 1), 2)
})

test('ByteOrderedPartitioner: the key itself', () => {
  const partitioner = partitionerFor('ByteOrderedPartitioner')!
  const ring = runThrough(partitioner.ringOf([host(1, ['61']), host(2, ['6162']), host(3, ['ff'])]))
  assert.equal(ring.locateKey(Buffer.from('a'), 0, 1), 0)
  assert.equal(ring.locateKey(Buffer.from('aa'), 0, 2), 1)
  assert.equal(ring.locateKey(Buffer.from('b'), 0, 1), 2)
  assert.equal(ring.locate(Buffer.from('ffff', 'hex')), 0)
  assert.equal(ring.locateWords(Int32Array.of(0x6162_0000), 1), 2)
})

test('an unknown partitioner is none', () => {
  assert.equal(partitionerFor('com.example.OwnPartitioner'), null)
})
