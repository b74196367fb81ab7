/** The command line of the benchmark. */
import { parseArgs } from 'node:util'
import { parseCell, type Cell } from './cells.js'
import { allClients } from './clients/all-clients.js'

export type Mode = 'compare' | 'memory' | 'routing'
export type ServerChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'fast' }
  | { readonly kind: 'given'; readonly contactPoint: string; readonly localDataCenter: string | null }

export interface BenchOptions {
  readonly mode: Mode
  readonly server: ServerChoice
  readonly clients: readonly string[]
  readonly cells: readonly Cell[]
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly protocol: 3 | 4 | 5 | null
  readonly pinned: boolean
  readonly json: boolean
  /** Rows of the memory run. */
  readonly rows: number
}

export const usage = `npm run bench -- [compare | memory | routing] [options]

compare (default): cqlwire in every request pattern and npm cassandra-driver, side by side against the same server
memory: streams rows through iterate() and executeConcurrentWithArgs(), and shows the resident set over time
routing: what choosing a node adds to a request, on 3 nodes and on 1,000 made-up ones, and what token maps cost

  --server embedded|fast    a real Cassandra started by the run (default), or a server that answers from memory (routing: default)
  --contact-points HOST[:PORT]  a server that runs already; --local-dc NAME its data centre
  --quick                   shorter windows, fewer rounds: under 3 minutes
  --rounds N                interleaved rounds (3; quick 2; routing 7, quick 3)
  --clients A,B             of ${Object.keys(allClients).join(', ')}
  --cells A,B               WORKLOAD@IN_FLIGHT, workloads insert, select1, wide (insert@128,select1@1,select1@128,wide@16)
  --seconds S, --warm-up S  the measured window of each run (3; quick 1), and what goes before it (1.5; quick 0.8)
  --protocol 3|4|5          (default: the newest that both speak)
  --unpinned                no taskset
  --rows N                  memory: rows (1,000,000; quick 200,000)
  --json                    one JSON document on standard output, everything else on standard error
`

/** What is wrong with the command line; its message is for the user. */
export class UsageError extends Error {}

/** Null where help was asked for. @throws {UsageError} */
export function parseBenchOptions(args: readonly string[]): BenchOptions | null {
  const { values, positionals } = parsed(args)
  if (values.help === true) return null
  const quick = values.quick === true
  const mode = positionals[0] ?? 'compare'
  if ((mode !== 'compare' && mode !== 'memory' && mode !== 'routing') || positionals.length > 1)
    throw new UsageError(`'${positionals.join(' ')}' is not compare, memory or routing`)
  return {
    mode,
    server: serverChoice(values, mode),
    clients: values.clients === undefined ? defaultClients(quick) : listOf(values.clients).map(knownClient),
    cells: listOf(values.cells ?? (quick ? 'insert@128,select1@128,wide@16' : 'insert@128,select1@1,select1@128,wide@16')).map(knownCell),
    rounds: wholeNumber('--rounds', values.rounds ?? defaultRounds(mode, quick)),
    warmUpMs: seconds('--warm-up', values['warm-up'] ?? (quick ? '0.8' : '1.5')),
    measureMs: seconds('--seconds', values.seconds ?? (quick ? '1' : '3')),
    protocol: protocolVersion(values.protocol),
    pinned: values.unpinned !== true,
    json: values.json === true,
    rows: wholeNumber('--rows', values.rows ?? (quick ? '200000' : '1000000')),
  }
}

type Values = ReturnType<typeof parsed>['values']

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ server: text, 'contact-points': text, 'local-dc': text, rounds: text, clients: text, cells: text },
        ...{ seconds: text, 'warm-up': text, protocol: text, rows: text },
        ...{ quick: flag, unpinned: flag, json: flag, help: { ...flag, short: 'h' } },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Small differences take more rounds. */
const defaultRounds = (mode: Mode, quick: boolean): string => (mode === 'routing' ? (quick ? '3' : '7') : quick ? '2' : '3')

function serverChoice(values: Values, mode: Mode): ServerChoice {
  const [contactPoint] = listOf(values['contact-points'] ?? '')
  if (contactPoint !== undefined) {
    if (values.server !== undefined)
      throw new UsageError('--server starts a server, --contact-points names one that runs: give one of them')
    return { kind: 'given', contactPoint, localDataCenter: values['local-dc'] ?? null }
  }
  const kind = values.server ?? (mode === 'routing' ? 'fast' : 'embedded')
  if (kind !== 'embedded' && kind !== 'fast') throw new UsageError(`--server takes embedded or fast, got '${kind}'`)
  return { kind }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Quick: every pattern of cqlwire, and the peer in its cheapest. */
const defaultClients = (quick: boolean): string[] =>
  Object.keys(allClients).filter((name) => !quick || name !== 'cassandra-driver-concurrent')

function knownClient(name: string): string {
  if (!Object.hasOwn(allClients, name))
    throw new UsageError(`There is no client '${name}'; known are ${Object.keys(allClients).join(', ')}`)
  return name
}

function knownCell(text: string): Cell {
  try {
    return parseCell(text)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`${option} takes a whole number from 1 up, got '${text}'`)
  return Number(text)
}

function seconds(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 3_600)) throw new UsageError(`${option} takes seconds, more than 0 and 3,600 at most, got '${text}'`)
  return value * 1000
}

function protocolVersion(text: string | undefined): 3 | 4 | 5 | null {
  if (text === undefined) return null
  if (text !== '3' && text !== '4' && text !== '5') throw new UsageError(`--protocol takes 3, 4 or 5, got '${text}'`)
  return Number(text) as 3 | 4 | 5
}
