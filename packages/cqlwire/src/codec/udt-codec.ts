/** User-defined types (native protocol, section 6.25): like a tuple of the fields, in the order of the type's definition. */
import { InvalidArgumentError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { UdtType } from './data-type.js'
import { isPlainObject } from './plain-object.js'
import { atPlace, countMissing, putElement, readElementLength } from './nested-values.js'
import { hasIndexNames, newRecord, setOwn } from './new-record.js'
import { refuse } from './scalar-codec.js'

/**
 * Takes an object: fields that it has not are null, and a field that the type has not is an error. An instance of a class may have more
 * than the fields, and getters for them. Reads a plain object with all fields as its own.
 */
export class UdtCodec implements Codec {
  readonly type: UdtType
  readonly fixedLength: number = -1
  readonly #fields: readonly Codec[]
  readonly #names: readonly string[]
  /** Fields named like something that every object inherits (`toString`, `constructor`, `__proto__`): only an own one is meant. */
  readonly #ownOnly: readonly boolean[]
  readonly #hasIndexes: boolean

  constructor(type: UdtType, fields: readonly Codec[]) {
    this.type = type
    this.#fields = fields
    this.#names = type.fieldNames
    this.#ownOnly = type.fieldNames.map((name) => name in Object.prototype)
    this.#hasIndexes = hasIndexNames(type.fieldNames)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map) {
      return refuse(value, `an object with the fields ${this.#names.join(', ')}`)
    }
    const object = value as Record<string, unknown>
    const names = this.#names
    let known = 0
    let i = 0
    try {
      for (; i < names.length; i++) {
        const name = names[i]!
        const field = this.#ownOnly[i] && !Object.hasOwn(object, name) ? undefined : object[name]
        if (field !== undefined) known++
        if (field === null || field === undefined) writer.putInt32(-1)
        else putElement(writer, this.#fields[i]!, field)
      }
    } catch (error) {
      throw atPlace(error, `field '${names[i]}'`)
    }
    if (isPlainObject(object)) this.#refuseUnknown(object, known)
    else if (known === 0) this.#refuseStranger(object)
  }

  #refuseUnknown(object: Record<string, unknown>, known: number): void {
    const given = Object.keys(object)
    if (given.length <= known) return
    for (const name of given) {
      if (this.#names.includes(name)) continue
      const nearest = nearestName(name, this.#names)
      const hint = nearest === null ? `it has ${this.#names.join(', ')}` : `did you mean '${nearest}'?`
      throw new InvalidArgumentError(`takes no field '${name}': ${this.type.keyspace}.${this.type.name} has none of that name; ${hint}`)
    }
  }

  /** A Date or a Set has none of the fields: writing nulls for it would hide a mistake. */
  #refuseStranger(object: object): void {
    if (this.#names.some((name) => name in object)) return
    refuse(object, `an object with the fields ${this.#names.join(', ')}`)
  }

  read(block: ByteBlock, start: number, end: number): Record<string, unknown> {
    const names = this.#names
    const object = newRecord(this.#hasIndexes)
    let at = start
    let i = 0
    for (; i < names.length && at !== end; i++) {
      const length = readElementLength(block, at, end, 'user-defined type')
      at += 4
      if (length < 0) setOwn(object, names[i]!, null)
      else {
        setOwn(object, names[i]!, this.#fields[i]!.read(block, at, at + length))
        at += length
      }
    }
    // A value written before ALTER TYPE added fields ends early: those are null. The other way round, what follows are fields added after
    // the metadata of this statement was made: they are not asked for.
    if (i < names.length) {
      countMissing(block, start, end, names.length - i, 'user-defined type')
      for (; i < names.length; i++) setOwn(object, names[i]!, null)
    }
    return object
  }
}
