/** As much of the distinguished encoding rules (X.690) as a certificate needs: tag, length, content. */

export function tagged(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...items)
}

export function set(...items: readonly Uint8Array[]): Buffer {
  return tagged(0x31, ...items)
}

/** Takes an unsigned big-endian number. */
export function integer(bytes: Uint8Array): Buffer {
  return tagged(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]))
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]))
}

/** `1.2.840.10045.4.3.2`: the first two arcs share a byte, each further one takes seven bits a byte. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(0x06, Buffer.from(bytes))
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text))
}

export function octetString(content: Uint8Array): Buffer {
  return tagged(0x04, content)
}

/** `unused`: how many of the last byte's low bits don't count. */
export function bitString(content: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.from([unused]), content)
}

/** A moment before 2050, to the second. */
export function utcTime(moment: Date): Buffer {
  return tagged(0x17, Buffer.from(`${moment.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
}
