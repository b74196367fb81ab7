/** Numbers and names of the native protocol (v5 sections 2.4.1, 3 and 4; the same numbers in v3 and v4). */
import { InvalidArgumentError } from '../base/errors.js'

/** Section 2.4.1.4 "opcode". 0x04 was never given. */
export const Opcode = {
  ERROR: 0x00,
  STARTUP: 0x01,
  READY: 0x02,
  AUTHENTICATE: 0x03,
  OPTIONS: 0x05,
  SUPPORTED: 0x06,
  QUERY: 0x07,
  RESULT: 0x08,
  PREPARE: 0x09,
  EXECUTE: 0x0a,
  REGISTER: 0x0b,
  EVENT: 0x0c,
  BATCH: 0x0d,
  AUTH_CHALLENGE: 0x0e,
  AUTH_RESPONSE: 0x0f,
  AUTH_SUCCESS: 0x10,
} as const

/** The name of an opcode, for messages and logs. */
export function opcodeName(opcode: number): string {
  for (const [name, value] of Object.entries(Opcode)) if (value === opcode) return name
  return `opcode 0x${opcode.toString(16).padStart(2, '0')}`
}

/** Section 2.4.1.2 "flags" of a frame. */
export const FrameFlag = {
  /** v3 and v4; ignored in v5, where segments are compressed instead of frames. */
  COMPRESSED: 0x01,
  TRACING: 0x02,
  /** v4 and later. */
  CUSTOM_PAYLOAD: 0x04,
  /** v4 and later. */
  WARNING: 0x08,
  USE_BETA: 0x10,
} as const

/** Section 4.1.4: the flags of query parameters; BATCH takes those from SERIAL_CONSISTENCY on. */
export const QueryFlag = {
  VALUES: 0x0001,
  SKIP_METADATA: 0x0002,
  PAGE_SIZE: 0x0004,
  PAGING_STATE: 0x0008,
  SERIAL_CONSISTENCY: 0x0010,
  DEFAULT_TIMESTAMP: 0x0020,
  NAMED_VALUES: 0x0040,
  /** v5. */
  KEYSPACE: 0x0080,
  /** v5. */
  NOW_IN_SECONDS: 0x0100,
} as const

/** Section 4.1.5, v5: the flags of PREPARE. */
export const PrepareFlag = { KEYSPACE: 0x01 } as const

/** Section 4.2.5. */
export const ResultKind = { VOID: 0x0001, ROWS: 0x0002, SET_KEYSPACE: 0x0003, PREPARED: 0x0004, SCHEMA_CHANGE: 0x0005 } as const

/** Section 4.2.5.2: the flags of a result's metadata. */
export const MetadataFlag = {
  GLOBAL_TABLE_SPEC: 0x0001,
  HAS_MORE_PAGES: 0x0002,
  NO_METADATA: 0x0004,
  /** v5. */
  METADATA_CHANGED: 0x0008,
} as const

/** Section 4.1.7. */
export const BatchType = { LOGGED: 0, UNLOGGED: 1, COUNTER: 2 } as const

/** Section 4.2.6. */
export const EventType = { TOPOLOGY_CHANGE: 'TOPOLOGY_CHANGE', STATUS_CHANGE: 'STATUS_CHANGE', SCHEMA_CHANGE: 'SCHEMA_CHANGE' } as const
export type EventTypeName = keyof typeof EventType

/** Section 3: the length of a [value] that is null, and (v4 and later) of one that is not set. */
export const NULL_LENGTH = -1
export const UNSET_LENGTH = -2

/** Section 2.4.1.3: the stream id of everything that a server sends of its own accord. */
export const EVENT_STREAM = -1

/** Section 3: [consistency]. */
export const Consistency = {
  ANY: 0x0000,
  ONE: 0x0001,
  TWO: 0x0002,
  THREE: 0x0003,
  QUORUM: 0x0004,
  ALL: 0x0005,
  LOCAL_QUORUM: 0x0006,
  EACH_QUORUM: 0x0007,
  SERIAL: 0x0008,
  LOCAL_SERIAL: 0x0009,
  LOCAL_ONE: 0x000a,
} as const
export type ConsistencyName = keyof typeof Consistency

const CONSISTENCY_NAMES = Object.keys(Consistency) as ConsistencyName[]
const CODES: ReadonlyMap<string, number> = new Map(Object.entries(Consistency))

/** The code of a consistency level's name; an unknown name is an InvalidArgumentError that says the nearest one. */
export function consistencyCode(name: string): number {
  const code = CODES.get(name)
  if (code !== undefined) return code
  throw new InvalidArgumentError(
    `There is no consistency level ${JSON.stringify(name)}: did you mean '${nearest(String(name), CONSISTENCY_NAMES)}'? ` +
      `The levels are ${CONSISTENCY_NAMES.join(', ')}`,
  )
}

/** The name of a consistency level's code, as servers send it in errors; `UNKNOWN (…)` where this driver has none for it. */
export function consistencyName(code: number): string {
  return CONSISTENCY_NAMES[code] ?? `UNKNOWN (0x${code.toString(16).padStart(4, '0')})`
}

/** The one of `names` with the least edit distance; upper and lower case, `-` and `_` count as equal. */
function nearest(name: string, names: readonly string[]): string {
  const wanted = name.toUpperCase().replaceAll('-', '_')
  let best = names[0]!
  let least = Infinity
  for (const candidate of names) {
    const distance = editDistance(wanted, candidate)
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
