/** What of the schema has to be read again. */
import type { SchemaChange } from '../protocol/schema-change.js'

/** Objects of a keyspace as a refresh finds them: materialized views are `tables`. */
export type ObjectKind = 'tables' | 'types' | 'functions' | 'aggregates'

const KIND_OF: Readonly<Record<Exclude<SchemaChange['target'], 'KEYSPACE'>, ObjectKind>> = {
  TABLE: 'tables',
  TYPE: 'types',
  FUNCTION: 'functions',
  AGGREGATE: 'aggregates',
}

/** Where more objects of a keyspace are wanted, the whole keyspace is read: a query for each would take longer. */
const MOST_OBJECTS = 32

type Objects = Map<ObjectKind, Set<string>>

/** Collects it: what is wanted several times, or as part of something larger, is read once. */
export class SchemaTargets {
  isEverything = false
  readonly #keyspaces = new Map<string, Objects | null>()

  /** By name; null for all of a keyspace. */
  get keyspaces(): ReadonlyMap<string, ReadonlyMap<ObjectKind, ReadonlySet<string>> | null> {
    return this.#keyspaces
  }

  get isEmpty(): boolean {
    return !this.isEverything && this.#keyspaces.size === 0
  }

  addEverything(): void {
    this.isEverything = true
  }

  addKeyspace(name: string): void {
    this.#keyspaces.set(name, null)
  }

  addObject(keyspace: string, kind: ObjectKind, name: string): void {
    let objects = this.#keyspaces.get(keyspace)
    if (objects === null) return
    if (objects === undefined) this.#keyspaces.set(keyspace, (objects = new Map()))
    let names = objects.get(kind)
    if (names === undefined) objects.set(kind, (names = new Set()))
    names.add(name)
    const count = [...objects.values()].reduce((sum, each) => sum + each.size, 0)
    if (count > MOST_OBJECTS) this.addKeyspace(keyspace)
  }

  addChange({ target, keyspace, name }: SchemaChange): void {
    if (target === 'KEYSPACE' || name === null) this.addKeyspace(keyspace)
    else this.addObject(keyspace, KIND_OF[target], name)
  }
}
