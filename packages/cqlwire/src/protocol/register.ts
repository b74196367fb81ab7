/**
 * REGISTER and the events that it asks for (native protocol sections 4.1.8, 4.2.6):
 *
 *     REGISTER: <event_types:string list>
 *     EVENT:    <event_type:string> and then
 *       TOPOLOGY_CHANGE: <change:string><node:inet>     NEW_NODE, REMOVED_NODE, in v3 also MOVED_NODE
 *       STATUS_CHANGE:   <change:string><node:inet>     UP, DOWN
 *       SCHEMA_CHANGE:   see schema-change.ts
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { EventType } from './constants.js'
import type { EventTypeName } from './constants.js'
import { readInet, writeInet } from './inet.js'
import { readStringList, writeStringList } from './notation.js'
import { readSchemaChange, writeSchemaChange } from './schema-change.js'
import type { SchemaChange } from './schema-change.js'

interface TopologyChangeEvent {
  readonly type: 'TOPOLOGY_CHANGE'
  readonly change: 'NEW_NODE' | 'REMOVED_NODE' | 'MOVED_NODE'
  readonly address: string
  readonly port: number
}

interface StatusChangeEvent {
  readonly type: 'STATUS_CHANGE'
  readonly change: 'UP' | 'DOWN'
  readonly address: string
  readonly port: number
}

interface SchemaChangeEvent extends SchemaChange {
  readonly type: 'SCHEMA_CHANGE'
}

/** What a server sends of its own accord. */
export type ServerEvent = TopologyChangeEvent | StatusChangeEvent | SchemaChangeEvent

export function writeRegister(writer: ByteWriter, events: readonly EventTypeName[]): void {
  writeStringList(writer, events)
}

export function readRegister(reader: ByteReader): string[] {
  return readStringList(reader, 'event types')
}

/** Null for an event type that this driver doesn't know (it can't have registered for it) and for unknown changes of nodes. */
export function readEvent(reader: ByteReader): ServerEvent | null {
  const type = reader.readString('event type')
  if (type === EventType.SCHEMA_CHANGE) return { type, ...readSchemaChange(reader) }
  if (type !== EventType.TOPOLOGY_CHANGE && type !== EventType.STATUS_CHANGE) return null
  const change = reader.readString('change of a node')
  const { address, port } = readInet(reader)
  if (port < 0 || port > 0xffff) throw new MalformedFrameError(`An event names the port ${port}`)
  if (type === EventType.STATUS_CHANGE) return change === 'UP' || change === 'DOWN' ? { type, change, address, port } : null
  return change === 'NEW_NODE' || change === 'REMOVED_NODE' || change === 'MOVED_NODE' ? { type, change, address, port } : null
}

export function writeEvent(writer: ByteWriter, event: ServerEvent): void {
  writer.putString(event.type)
  if (event.type === 'SCHEMA_CHANGE') {
    writeSchemaChange(writer, event)
    return
  }
  writer.putString(event.change)
  writeInet(writer, event)
}
