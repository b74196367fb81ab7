import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { eachFrame } from '../../../src/parallel/channel.js'
import { PipeChannel } from '../../../src/parallel/pipe-channel.js'

function framed(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text) => {
      const bytes = Buffer.from(text)
      const head = Buffer.alloc(4)
      head.writeInt32BE(bytes.length)
      return Buffer.concat([head, bytes])
    }),
  )
}

describe('the line to a worker process', () => {
  it('gives whole frames, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), fc.array(fc.nat(30)), (texts, cuts) => {
        const pipe = new PassThrough()
        const read: string[] = []
        new PipeChannel(pipe).listen(
          (frames) => eachFrame(frames, (start, end) => read.push(frames.toString('utf8', start, end))),
          () => {},
        )
        let rest = framed(texts)
        for (const cut of [...cuts, rest.length]) {
          if (rest.length > 0) pipe.emit('data', rest.subarray(0, cut))
          rest = rest.subarray(cut)
        }
        assert.deepEqual(read, texts)
      }),
    )
  })
})
