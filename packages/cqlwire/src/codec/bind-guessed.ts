/**
 * Parameters of a statement that is not prepared: the server says nothing of their types, so each type is guessed from its value.
 *
 * Native protocol, section 4.1.4, `<query_parameters>`: `<n><value_1>...<value_n>`, or with the flag 0x40 (names for values)
 * `<n><name_1><value_1>...<name_n><value_n>`.
 */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { isNamed, type BindParameters } from './bind-parameters.js'
import { BindSlot } from './bind-slot.js'
import type { CodecRegistry } from './codec.js'
import type { ColumnSpec, DataType } from './data-type.js'

/** The most values that one request carries: their count is a [short]. */
const MOST_VALUES = 0xffff

export type GuessType = (value: unknown) => DataType

export interface GuessedOptions {
  readonly protocolVersion: number
  readonly registry: CodecRegistry
  /** The CQL type that a value is written as. Throws an InvalidArgumentError that says what to do where it can't tell. */
  readonly guessType: GuessType
}

export interface GuessedValues {
  readonly count: number
  /** True where the values carry names, so that the request's flag 0x40 must be set. */
  readonly named: boolean
  /** Writes `[short n]` and the values, each with its name before it where `named`. */
  write(writer: ByteWriter): void
}

/** Takes the parameters apart and guesses their types; what can't be sent is an InvalidArgumentError now or in `write`. */
export function bindGuessed(params: BindParameters, options: GuessedOptions): GuessedValues {
  const { names, values } = takeApart(params)
  if (values.length > MOST_VALUES) throw new InvalidArgumentError(`A request takes at most ${MOST_VALUES} parameters, got ${values.length}`)
  const { guessType, registry, protocolVersion } = options
  const columns: ColumnSpec[] = []
  for (let i = 0; i < values.length; i++) columns.push(guessColumn(names?.[i], i, values, guessType))
  const slots = columns.map((column, i) => new BindSlot(columns, i, registry.codecFor(column.type), protocolVersion, registry.showValues))
  return {
    count: values.length,
    named: names !== null && values.length > 0,
    write(writer) {
      writer.putUint16(values.length)
      for (let i = 0; i < slots.length; i++) {
        if (names !== null) writer.putString(names[i]!)
        slots[i]!.write(writer, values[i])
      }
    },
  }
}

function takeApart(params: BindParameters): { names: readonly string[] | null; values: readonly unknown[] } {
  if (params === undefined || params === null) return { names: null, values: [] }
  if (Array.isArray(params)) return { names: null, values: params }
  if (!isNamed(params)) {
    throw new InvalidArgumentError(`Parameters are an array, or an object with one field per marker, got ${describeValue(params)}`)
  }
  const names = Object.keys(params)
  return { names, values: names.map((name) => params[name]) }
}

/** Null and undefined are written without asking for their type. */
function guessColumn(name: string | undefined, i: number, values: readonly unknown[], guessType: GuessType): ColumnSpec {
  const label = name ?? `?${i + 1}`
  const value = values[i]
  if (value === null || value === undefined) return { keyspace: '', table: '', name: label, type: { kind: 'blob' } }
  try {
    return { keyspace: '', table: '', name: label, type: guessType(value) }
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new InvalidArgumentError(`Parameter ${i + 1} of ${values.length}${name === undefined ? '' : `, "${name}",`} ${error.message}`, {
      cause: error,
    })
  }
}
