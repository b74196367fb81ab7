/** The bodies of all messages, in both directions. An input's first byte says the protocol version, the others are the body. */
import { inspect } from 'node:util'
import { ByteReader } from '../../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../../src/wire/byte-writer.js'
import { type Message, messages } from '../../messages.js'
import { Disagreement, type FuzzTarget } from '../target.js'

const VERSIONS = [3, 4, 5] as const
const WORDS = ['SCHEMA_CHANGE', 'STATUS_CHANGE', 'TOPOLOGY_CHANGE', 'UPDATED', 'DROPPED', 'KEYSPACE', 'TABLE', 'AGGREGATE', 'DOWN', 'CAS']

function bodyOf({ write }: Message, version: number): Buffer {
  const writer = new ByteWriter(64)
  writer.putUint8(version)
  write(writer, version)
  return writer.toBuffer()
}

function targetOf(group: string, members: readonly Message[]): FuzzTarget {
  const { read, writeAgain } = members[0]!
  return {
    name: group,
    seeds: members.flatMap((message) => VERSIONS.map((version) => bodyOf(message, version))),
    words: WORDS,
    run(input) {
      if (input.length === 0) return
      const version = VERSIONS[input[0]! % 3]!
      const value = read(new ByteReader(input, 1), version)
      if (writeAgain !== undefined) checkAgain(members[0]!, value, version)
    },
  }
}

/** What was read, written and read once more is the same. */
function checkAgain({ read, writeAgain }: Message, value: unknown, version: number): void {
  const writer = new ByteWriter(64)
  writeAgain!(writer, value as never, version)
  if (writer.position === 0) return
  const [first, second] = [value, read(new ByteReader(writer.toBuffer()), version)].map((each) => inspect(each, { depth: null }))
  if (first !== second) throw new Disagreement(`${first} comes back as ${second}`)
}

/** Messages with one reader (all kinds of RESULT, of ERROR, of EVENT) are one target. */
const groups = new Map<Message['read'], Message[]>()
for (const message of messages) {
  const group = groups.get(message.read)
  if (group === undefined) groups.set(message.read, [message])
  else group.push(message)
}

export const messageTargets: readonly FuzzTarget[] = Array.from(groups.values(), (members) =>
  targetOf(members.length === 1 ? members[0]!.name : members[0]!.name.split(' ')[0]!, members),
)
