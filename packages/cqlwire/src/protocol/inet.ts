/**
 * Addresses (native protocol section 3):
 *
 *     [inetaddr]: <n:byte><address: 4 or 16 bytes>
 *     [inet]:     [inetaddr]<port:int>
 */
import { MalformedFrameError } from '../base/errors.js'
import { InetAddress } from '../values/inet-address.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** The address as text, e.g. `127.0.0.1` or `2001:db8::1`. */
export function readInetAddress(reader: ByteReader): string {
  const length = reader.readUint8('length of an address')
  if (length !== 4 && length !== 16) throw new MalformedFrameError(`An address of ${length} bytes: addresses have 4 or 16`)
  return InetAddress.fromBytes(reader.readRaw(length, 'address')).toString()
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

export function readInet(reader: ByteReader): Endpoint {
  const address = readInetAddress(reader)
  return { address, port: reader.readInt32('port') }
}

export function writeInetAddress(writer: ByteWriter, address: string): void {
  const bytes = InetAddress.fromString(address).toBytes()
  writer.putUint8(bytes.length)
  writer.putRaw(bytes)
}

export function writeInet(writer: ByteWriter, endpoint: Endpoint): void {
  writeInetAddress(writer, endpoint.address)
  writer.putInt32(endpoint.port)
}
