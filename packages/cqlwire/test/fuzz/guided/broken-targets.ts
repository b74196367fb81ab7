/** Decoders with the bugs that fuzzing is there to find, to show that it finds them. */
import { ByteReader } from '../../../src/wire/byte-reader.js'
import type { FuzzTarget } from './target.js'

const seed = Buffer.from('00000003000000016100000001620000000163', 'hex')

/** `<n:int>` and n [bytes], as it should be read. */
function readList(reader: ByteReader): number {
  const count = reader.readCount(4, 'elements')
  for (let i = 0; i < count; i++) reader.readBytes()
  return count
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'a careful decoder',
    seeds: [seed],
    run: (input) => void readList(new ByteReader(input)),
  },
  {
    name: 'a length that is allocated before it is checked',
    seeds: [seed],
    run(input) {
      const reader = new ByteReader(input)
      const count = reader.readInt32()
      for (let i = 0; i < count; i++) {
        const length = reader.readInt32()
        if (length >= 0) reader.readRaw(Math.min(length, reader.remaining), 'bytes').copy(Buffer.alloc(length))
      }
    },
  },
  {
    name: 'a count that is believed',
    seeds: [seed],
    run(input) {
      const reader = new ByteReader(input)
      const values = new Array<Buffer | null>(reader.readInt32()).fill(null)
      for (let i = 0; i < values.length; i++) values[i] = reader.readBytes()
    },
  },
  {
    name: 'a value that is filled up to its type',
    seeds: [seed],
    run(input) {
      const reader = new ByteReader(input)
      const count = reader.readCount(4, 'elements')
      const tuples: unknown[][] = []
      for (let i = 0; i < count; i++) tuples.push([reader.readBytes(), ...new Array<null>(60_000).fill(null)])
    },
  },
  {
    name: 'a read past the end',
    seeds: [seed],
    run(input) {
      const reader = new ByteReader(input)
      const count = reader.readCount(4, 'elements')
      for (let i = 0; i < count; i++) reader.position += 4 + reader.view.getInt32(reader.position)
    },
  },
  {
    name: 'a loop that does not move on',
    seeds: [seed],
    run(input) {
      const reader = new ByteReader(input)
      reader.readInt32()
      while (reader.remaining > 0) reader.position += Math.max(4 + reader.view.getInt32(reader.position), 0)
    },
  },
  {
    // One chance in 2^32 for bytes at random: only who keeps the inputs that come a step further gets there.
    name: 'a bug behind four right bytes',
    seeds: [Buffer.alloc(8)],
    maxLength: 8,
    run(input) {
      if (input[0] !== 0xc3) return
      if (input[2] !== 0x51) return
      if (input[4] !== 0x6c) return
      if (input[6] === 0x99) throw new TypeError('reached')
    },
  },
]
