import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ReceiveArena, receiveBuffer } from '../../../src/connection/receive-arena.js'
import type { ByteBlock } from '../../../src/wire/byte-block.js'

interface Owned {
  readonly block: ByteBlock
  readonly start: number
  readonly length: number
}

function own(arena: ReceiveArena, start: number, end: number, limit = end, source = receiveBuffer): Owned {
  arena.own(source, start, end, limit)
  return { block: arena.block, start: arena.offset, length: end - start }
}

const textOf = ({ block, start, length }: Owned): string => block.buffer.toString('latin1', start, start + length)

/** A read of this text at the start of the receive buffer. */
function read(arena: ReceiveArena, text: string): void {
  arena.beginRead()
  receiveBuffer.write(text, 0, 'latin1')
}

describe('what is copied out of the receive buffer', () => {
  test('stays as it was when the next read overwrites the buffer', () => {
    const arena = new ReceiveArena()
    read(arena, 'first answer')
    const first = own(arena, 6, 12)
    read(arena, 'second thing')
    const second = own(arena, 7, 12)
    assert.equal(textOf(first), 'answer')
    assert.equal(textOf(second), 'thing')
  })

  test('is copied once for neighbours in one read', () => {
    const arena = new ReceiveArena()
    read(arena, 'one two three')
    const one = own(arena, 0, 3, 13)
    receiveBuffer.fill('x', 0, 13) // nobody does so; what was copied along can't tell
    const two = own(arena, 4, 7, 13)
    const three = own(arena, 8, 13, 13)
    assert.deepEqual([one, two, three].map(textOf), ['one', 'two', 'three'])
    assert.equal(two.block, one.block)
  })

  test('is copied anew after the next read, even from the same place', () => {
    const arena = new ReceiveArena()
    read(arena, 'aaaa')
    const first = own(arena, 0, 4)
    read(arena, 'bbbb')
    const second = own(arena, 0, 4)
    assert.deepEqual([first, second].map(textOf), ['aaaa', 'bbbb'])
  })

  test('has memory of its own where it is large', () => {
    const arena = new ReceiveArena()
    read(arena, 'L'.repeat(20_000) + 'tail')
    const large = own(arena, 0, 20_000, 20_004)
    const tail = own(arena, 20_000, 20_004, 20_004)
    assert.equal(large.block.buffer.length, 20_000)
    assert.notEqual(large.block, tail.block)
    assert.equal(textOf(large), 'L'.repeat(20_000))
    assert.equal(textOf(tail), 'tail')
  })

  test('goes to a new slab where the old one is full; the old one stays readable', () => {
    const arena = new ReceiveArena()
    const all: Owned[] = []
    for (let i = 0; i < 40; i++) {
      read(arena, String(i).padStart(10_000, '.'))
      all.push(own(arena, 0, 10_000))
    }
    assert.ok(new Set(all.map(({ block }) => block)).size > 1)
    all.forEach((owned, i) => assert.equal(textOf(owned), String(i).padStart(10_000, '.')))
  })

  test('may lie in other memory than the receive buffer, of which no more is copied', () => {
    const arena = new ReceiveArena()
    arena.beginRead()
    const segment = Buffer.from('payload and more')
    const owned = own(arena, 0, 7, segment.length, segment)
    segment.fill(0)
    assert.equal(textOf(owned), 'payload')
  })

  test('is right for a read that fills the buffer', () => {
    const arena = new ReceiveArena()
    arena.beginRead()
    receiveBuffer.fill('z')
    const last = own(arena, receiveBuffer.length - 5, receiveBuffer.length)
    assert.equal(textOf(last), 'zzzzz')
  })

  test('can be read through its view', () => {
    const arena = new ReceiveArena()
    arena.beginRead()
    receiveBuffer.writeInt32BE(123_456, 3)
    const { block, start } = own(arena, 3, 7)
    assert.equal(block.view.getInt32(start), 123_456)
  })
})
