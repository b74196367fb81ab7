/** What the items of a run are, how they are written for a worker, and what comes back: values of one statement, statements, or items of a function. */
import { InvalidArgumentError } from '../base/errors.js'
import type { BindParameters } from '../codec/bind.js'
import type { CodecRegistry } from '../codec/codec.js'
import type { PreparedStatement } from '../session/prepared-statement.js'
import type { ResultShape } from '../session/result-shape.js'
import type { Parameters, Statement } from '../session/statements.js'
import type { Origin } from '../transfer/origin.js'
import { ArrivedResult, ResultMemory, type Sequel } from '../transfer/result-reader.js'
import { putStatement } from '../transfer/statement-transfer.js'
import { readValue } from '../transfer/value-reader.js'
import { putValue } from '../transfer/value-writer.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuseUncloneable } from './cloneable.js'
import { pageOf } from './member.js'
import { Outcome, RunKind } from './messages.js'

export interface RunPlan {
  /** Items that go to a worker together. */
  readonly chunk: number
  /** Items that a worker has at most. */
  readonly window: number
  /** Items per worker that are taken and whose outcomes were not read, at most. */
  readonly backlog: number
  readonly idempotent: boolean
  /** Items are wanted again: to be repeated, or for later pages. */
  readonly keepsItems: boolean
  /** Writes what a worker must know of the run. */
  tell(writer: ByteWriter): void
  /** The item as it is kept. */
  take(item: unknown): unknown
  /** @throws what is wrong with the item */
  put(writer: ByteWriter, item: unknown): void
  /** What outcomes of one worker have in common. */
  newContext(): unknown
  read(kind: number, reader: ByteReader, block: ByteBlock, context: unknown, item: unknown): unknown
  readError(reader: ByteReader): Error
}

/** So many items go together where many are in flight. */
const LEAST_CHUNK = 16
const MOST_CHUNK = 256

type Sizes = Pick<RunPlan, 'chunk' | 'window' | 'backlog'>

/** A worker has what is in flight, and chunks on their way in both directions, so that it never waits for one. */
function sizesOf(concurrency: number): Sizes {
  const chunk = Math.min(Math.max(concurrency, LEAST_CHUNK), MOST_CHUNK)
  const window = concurrency + 5 * chunk
  return { chunk, window, backlog: 2 * window }
}

/** Functions may take long: no worker hoards items that another one could begin. */
function sizesOfMap(concurrency: number): Sizes {
  return { chunk: 1, window: concurrency + 1, backlog: 4 * (concurrency + 1) }
}

/** What requests of a run have in common. */
export interface RequestsPlan {
  readonly concurrency: number
  readonly registry: CodecRegistry
  readonly idempotent: boolean
  /** Options of the call, to be sent; undefined where there are none. */
  readonly options: Readonly<Record<string, unknown>> | undefined
  readonly rowFactory: Origin['settings']['rowFactory']
  /** How later pages of an item's result are had. */
  sequel(item: unknown): Sequel
}

function requests(plan: RequestsPlan): Pick<RunPlan, 'newContext' | 'read' | 'readError' | 'idempotent'> & Sizes {
  const settings = { rowFactory: plan.rowFactory }
  const shapes = new Map<string, ResultShape>()
  return {
    ...sizesOf(plan.concurrency),
    idempotent: plan.idempotent,
    newContext: () => new ResultMemory(plan.registry, shapes),
    read: (_kind, reader, block, context, item) =>
      pageOf(new ArrivedResult(reader, block, context as ResultMemory), settings, () => plan.sequel(item)),
    readError: readErrorValue,
  }
}

const readErrorValue = (reader: ByteReader): Error => readValue(reader) as Error

/** One prepared statement, executed with many lists of values: they are bound here, and copied by the workers. */
export function boundPlan(plan: RequestsPlan, prepared: PreparedStatement, preparing: Readonly<Record<string, unknown>>): RunPlan {
  const returnsRows = prepared.columns.length > 0
  return {
    ...requests(plan),
    keepsItems: plan.idempotent || returnsRows,
    tell(writer) {
      writer.putUint8(RunKind.BOUND)
      writer.putInt32(plan.concurrency)
      writer.putInt32(sizesOf(plan.concurrency).chunk)
      putValue(writer, prepared.query)
      putValue(writer, preparing)
      putValue(writer, plan.options)
    },
    // The list is the caller's, who may fill it again.
    take: (item) => (Array.isArray(item) && (plan.idempotent || returnsRows) ? (item.slice() as unknown[]) : item),
    put: (writer, item) => prepared.bindEncoder.write(writer, item as BindParameters),
  }
}

/** A statement with its parameters, and options of its own where it has some. */
export interface StatementItem {
  /** In terms of texts: no prepared statement. */
  readonly statement: Statement
  readonly params: Parameters
  readonly options: Readonly<Record<string, unknown>> | undefined
}

/** Statements of any kind, each with its parameters. */
export function statementsPlan(plan: RequestsPlan, toItem: (given: unknown) => StatementItem): RunPlan {
  return {
    ...requests(plan),
    keepsItems: true,
    tell(writer) {
      writer.putUint8(RunKind.STATEMENTS)
      writer.putInt32(plan.concurrency)
      writer.putInt32(sizesOf(plan.concurrency).chunk)
      putValue(writer, plan.options)
    },
    // What is no pair is told when it is written: it is that item's own failure.
    take: (given) => given,
    put(writer, given) {
      const { statement, params, options } = toItem(given)
      putStatement(writer, statement, noHandle)
      putValue(writer, params)
      putValue(writer, options)
    },
  }
}

export function noHandle(): never {
  throw new InvalidArgumentError('A prepared statement travels as its text')
}

/** Items of a function in a module that every worker loads. */
export function mapPlan(url: string, name: string, concurrency: number, idempotent: boolean): RunPlan {
  return {
    ...sizesOfMap(concurrency),
    idempotent,
    keepsItems: idempotent,
    tell(writer) {
      writer.putUint8(RunKind.MAP)
      writer.putInt32(concurrency)
      writer.putInt32(1)
      putValue(writer, url)
      putValue(writer, name)
    },
    take: (item) => item,
    put(writer, item) {
      refuseUncloneable(item)
      putValue(writer, item)
    },
    newContext: () => null,
    read: (kind, reader) => (kind === Outcome.VALUE ? readValue(reader) : undefined),
    readError: readErrorValue,
  }
}
