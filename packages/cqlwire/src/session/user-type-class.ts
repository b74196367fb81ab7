/** Classes of the application for user-defined types. */
import { InvalidArgumentError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import type { CustomCodec } from '../codec/custom-codec.js'
import type { Metadata } from '../metadata/metadata.js'

/** A class that is made of the fields of a value: an object of all of them by name, those without a value null. */
// What fields a type has is known to the class, not to the list of classes.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type UserTypeClass<T extends object = object> = new (fields: any) => T

/** Instances are written as they are: their properties, getters among them, are the fields. */
export function codecOfClass(name: string, userClass: UserTypeClass): CustomCodec {
  if (typeof userClass !== 'function')
    throw new InvalidArgumentError(`cluster.registerUserType takes a class for the type ${name}, got ${typeof userClass}`)
  return { type: name, encode: (value: object) => value, decode: (fields: object) => new userClass(fields) }
}

/** @throws {InvalidArgumentError} there is no such type, as far as the schema is known */
export function checkUserType(metadata: Metadata, keyspace: string, name: string): void {
  if (metadata.keyspaces.size === 0) return
  const known = metadata.getKeyspace(keyspace)
  if (known?.userTypeNames.includes(name) === true) return
  const near = known === null ? nearestName(keyspace, metadata.keyspaces.keys()) : nearestName(name, known.userTypeNames)
  const what =
    known === null ? `keyspace ${JSON.stringify(keyspace)}` : `user-defined type ${JSON.stringify(name)} in the keyspace ${keyspace}`
  const hint = near === null ? '' : `; did you mean ${JSON.stringify(near)}?`
  throw new InvalidArgumentError(`cluster.registerUserType: there is no ${what}${hint}`)
}
