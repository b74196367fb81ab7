/** The statements that a fake node has prepared, and what it tells of them. */
import { createHash } from 'node:crypto'
import { InvalidRequestError } from '../base/server-errors.js'
import type { ColumnSpec, DataType } from '../codec/data-type.js'
import { formatType } from '../codec/format-type.js'
import type { PreparedResult } from '../protocol/prepare.js'
import { columnSpecs } from './reply.js'
import type { Rule } from './rules.js'

/** Cassandra's ids are MD5 sums of keyspace and text too. */
function md5(text: string): Buffer {
  return createHash('md5').update(text).digest()
}

/** What tells whether the columns of an answer are those that a client knows (v5). */
export function resultMetadataId(columns: readonly ColumnSpec[]): Buffer {
  return md5(columns.map(({ name, type }) => `${name} ${formatType(type)}`).join())
}

/** Bind markers in a text: `?` and `:name`, outside of literals and comments. */
function hasMarkers(query: string): boolean {
  return /\?|:\s*[a-z_"]/i.test(query.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--.*|\/\/.*|\/\*[^]*?\*\//g, ''))
}

export class PreparedBook {
  readonly #statements = new Map<string, { readonly text: string; readonly types: readonly DataType[] }>()

  textOf(id: Buffer): string | null {
    return this.#statements.get(id.toString('hex'))?.text ?? null
  }

  typesOf(id: Buffer): readonly DataType[] | null {
    return this.#statements.get(id.toString('hex'))?.types ?? null
  }

  forgetAll(): void {
    this.#statements.clear()
  }

  /** Throws an InvalidRequestError, as an answer to the client, where no rule says what the bind markers are. */
  prepare(query: string, keyspace: string | null, rule: Rule | null): PreparedResult {
    const options = rule?.options ?? {}
    if (options.parameters === undefined && hasMarkers(query)) {
      throw new InvalidRequestError(
        `The fake cluster does not know the bind markers of ${JSON.stringify(query)}: ` +
          `give them with fake.when(query, reply, { parameters: { name: 'text' } })`,
      )
    }
    const at = [options.keyspace ?? keyspace ?? 'ks', options.table ?? 't'] as const
    const parameters = columnSpecs(options.parameters ?? {}, ...at)
    const resultColumns = resultColumnsOf(rule, at)
    const id = md5(`${keyspace ?? ''}${query}`)
    this.#statements.set(id.toString('hex'), { text: query, types: parameters.map(({ type }) => type) })
    return {
      id,
      resultMetadataId: resultMetadataId(resultColumns ?? []),
      partitionKeyIndexes: (options.partitionKey ?? []).map((name) => parameters.findIndex((parameter) => parameter.name === name)),
      parameters,
      resultColumns,
    }
  }
}

function resultColumnsOf(rule: Rule | null, at: readonly [string, string]): readonly ColumnSpec[] | null {
  if (rule === null) return null
  if (rule.options.columns !== undefined) return columnSpecs(rule.options.columns, ...at)
  let reaction = rule.reaction
  while (typeof reaction !== 'function' && 'then' in reaction && reaction.then !== null) reaction = reaction.then
  return typeof reaction !== 'function' && reaction.kind === 'rows' ? reaction.columns : null
}
