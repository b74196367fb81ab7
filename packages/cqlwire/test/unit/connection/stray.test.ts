import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stray } from '../../../src/connection/stray.js'
import { FrameFlag, Opcode } from '../../../src/protocol/constants.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

function messageOf(stream: number, opcode: number, write: (writer: ByteWriter) => void, flags = 0): string {
  const writer = new ByteWriter()
  write(writer)
  const body = Buffer.from(writer.toBuffer())
  return stray(4, flags, stream, opcode, byteBlock(body), 0, body.length).message
}

const serverSays = (writer: ByteWriter): void => {
  writer.putInt32(0x000a)
  writer.putString('unknown opcode 77')
}

test('an answer that nobody asked for is told with its stream', () => {
  assert.equal(
    messageOf(12, Opcode.RESULT, () => {}),
    'an answer (RESULT) for stream 12, on which nothing waits',
  )
})

test('a message that is no event is told as such', () => {
  assert.equal(
    messageOf(-1, Opcode.READY, () => {}),
    'a message (READY) on stream -1, where only events come',
  )
})

test('an error that belongs to no request is told with what the server says', () => {
  assert.equal(messageOf(0, Opcode.ERROR, serverSays), 'an answer (ERROR) for stream 0, on which nothing waits; it says: unknown opcode 77')
  const withWarnings = (writer: ByteWriter): void => {
    writer.putUint16(1)
    writer.putString('careful')
    serverSays(writer)
  }
  assert.match(messageOf(-1, Opcode.ERROR, withWarnings, FrameFlag.WARNING), /it says: unknown opcode 77$/)
})

test('an error that can not be read is told without', () => {
  assert.equal(
    messageOf(0, Opcode.ERROR, (writer) => writer.putUint16(1)),
    'an answer (ERROR) for stream 0, on which nothing waits',
  )
})
