/** The command line of the benchmark. */
import { adaptiveServers, levels, quickLevels } from './adaptive/adaptive-servers.js'
import { parseArgs } from 'node:util'
import { parseCell, type ProtocolVersion } from './cells.js'
import { allClients } from './clients/all-clients.js'
import { fullPlan, quickPlan, type Group } from './plan.js'
import { isRuntimeName } from './runtimes.js'
import { workloads } from './workloads/all-workloads.js'

export const modes = ['compare', 'server', 'profile', 'memory', 'routing', 'adaptive', 'report', 'docs'] as const
export type Mode = (typeof modes)[number]

export type ServerChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'fast' }
  | { readonly kind: 'given'; readonly contactPoint: string; readonly localDataCenter: string | null }

export interface BenchOptions {
  readonly mode: Mode
  readonly server: ServerChoice
  readonly groups: readonly Group[]
  /** The whole plan was measured: its result is kept. */
  readonly isFull: boolean
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly waitMs: number
  readonly retries: number
  readonly protocol: ProtocolVersion | null
  readonly pinned: boolean
  readonly json: boolean
  /** Rows of the memory run. */
  readonly rows: number
  /** Of the adaptive run: its servers, and fixed numbers in flight. */
  readonly adaptiveServers: readonly string[]
  readonly adaptiveLevels: readonly number[]
  readonly runtimes: readonly string[]
  readonly runtimeCells: readonly string[]
  readonly against: string | null
  /** Where the result and the report go, without the ending; null: nowhere, or for a full run to benchmarks/results. */
  readonly out: string | null
  /** Of `report` and `docs`: a result. */
  readonly file: string | null
}

export const usage = `npm run bench -- [MODE] [options]

compare (default): cqlwire in every request pattern, the floor and other drivers, side by side against the same server
server: what the fast server answers on one core, so that nobody mistakes it for the client
profile (or --cpu-prof): CPU profiles of the cqlwire clients, and the functions that they spend their time in
memory: streams rows through iterate() and executeConcurrentWithArgs(), and shows the resident set over time
routing: what choosing a node adds to a request, on 3 nodes and on 1,000 made-up ones, and what token maps cost
adaptive: concurrency: 'auto' beside fixed numbers in flight, against a fast, a slow, a changing and an overloaded server
report FILE: the HTML report of a result once more; docs FILE: its tables and charts in docs/performance.md

  --server fast|embedded    a server that answers from memory (default), or a real Cassandra started by the run
  --contact-points HOST[:PORT]  a server that runs already; --local-dc NAME its data centre
  --quick                   shorter windows, fewer cells, one round: under 3 minutes
  --rounds N                interleaved rounds (3; quick 1; routing 7, quick 3)
  --clients A,B             of ${Object.keys(allClients).join(', ')}
  --cells A,B               WORKLOAD@IN_FLIGHT, or WORKLOAD@RATE/s for an open loop; with +v3, +v4, +v5, +lz4, +tls after it
                            workloads: ${Object.keys(workloads).join(', ')}
  --against REV             cqlwire at another revision too, built into the cache
  --runtimes A,B            cqlwire under node20, node24, bun, deno too: found on the PATH, or installed from npm into the cache
  --cpu-prof                the same as the mode profile
  --seconds S, --warm-up S  the measured window of each run (2; quick 1), and what goes before it (1.2; quick 0.8)
  --wait S                  how long to wait for a calm machine before each run (4; quick 0)
  --protocol 3|4|5          of the cells that name none (4)
  --unpinned                no taskset
  --rows N                  memory: rows (1,000,000; quick 200,000)
  --servers A,B             adaptive: of ${Object.keys(adaptiveServers).join(', ')}
  --levels A,B              adaptive: the fixed numbers in flight (${levels.join(', ')}; quick ${quickLevels.join(', ')})
  --out NAME                write NAME.json and NAME.html (a full run: benchmarks/results/DATE)
  --json                    one JSON document on standard output, everything else on standard error
`

/** What is wrong with the command line; its message is for the user. */
export class UsageError extends Error {}

/** Null where help was asked for. @throws {UsageError} */
export function parseBenchOptions(args: readonly string[]): BenchOptions | null {
  const { values, positionals } = parsed(args)
  if (values.help === true) return null
  const quick = values.quick === true
  const [named = 'compare', file = null] = positionals
  const mode = values['cpu-prof'] === true ? 'profile' : modes.find((known) => known === named)
  const takesFile = mode === 'report' || mode === 'docs'
  if (mode === undefined || positionals.length > (takesFile ? 2 : 1))
    throw new UsageError(`'${positionals.join(' ')}' is none of ${modes.join(', ')}`)
  if (takesFile && file === null) throw new UsageError(`${mode} takes the file of a result`)
  const groups = groupsOf(values, mode, quick)
  return {
    mode,
    file,
    server: serverChoice(values),
    groups,
    isFull: groups === fullPlan,
    rounds: wholeNumber('--rounds', values.rounds ?? defaultRounds(mode, quick)),
    warmUpMs: seconds('--warm-up', values['warm-up'] ?? (quick ? '0.8' : '1.2')),
    measureMs: seconds('--seconds', values.seconds ?? (quick ? '1' : '2')),
    waitMs: values.wait === '0' ? 0 : seconds('--wait', values.wait ?? (quick ? '0.1' : '4')),
    retries: quick ? 0 : 1,
    protocol: protocolVersion(values.protocol),
    pinned: values.unpinned !== true,
    json: values.json === true,
    rows: wholeNumber('--rows', values.rows ?? (quick ? '200000' : '1000000')),
    adaptiveServers: listOf(values.servers ?? Object.keys(adaptiveServers).join(',')).map(knownServer),
    adaptiveLevels: listOf(values.levels ?? (quick ? quickLevels : levels).join(',')).map((level) => wholeNumber('--levels', level)),
    runtimes: listOf(values.runtimes ?? '').map(knownRuntime),
    runtimeCells: listOf(values.cells ?? 'insert@128,select1@128,wide@16'),
    against: values.against ?? null,
    out: values.out ?? null,
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
        ...{ seconds: text, 'warm-up': text, wait: text, protocol: text, rows: text, runtimes: text, against: text, out: text },
        ...{ servers: text, levels: text },
        ...{ quick: flag, unpinned: flag, json: flag, 'cpu-prof': flag, help: { ...flag, short: 'h' } },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Small differences take more rounds. */
const defaultRounds = (mode: Mode, quick: boolean): string => (mode === 'routing' ? (quick ? '3' : '7') : quick ? '1' : '3')

/** The plan, or one group of the clients and cells that are named. */
function groupsOf({ clients, cells, against, runtimes }: Values, mode: Mode, quick: boolean): readonly Group[] {
  const isPlan = clients === undefined && cells === undefined && against === undefined && mode === 'compare'
  if (isPlan && quick && runtimes === undefined) return quickPlan
  if (isPlan && !quick) return fullPlan
  const [shown] = quick ? quickPlan : fullPlan
  const isOwn = against !== undefined || runtimes !== undefined || mode === 'profile'
  const chosen = clients === undefined ? (isOwn ? ['cqlwire'] : shown!.clients) : listOf(clients).map(knownClient)
  return [
    {
      title: 'Comparison',
      about: 'What was asked for.',
      cells: cells === undefined ? shown!.cells : listOf(cells).map(knownCell),
      clients: chosen,
    },
  ]
}

function serverChoice(values: Values): ServerChoice {
  const [contactPoint] = listOf(values['contact-points'] ?? '')
  if (contactPoint !== undefined) {
    if (values.server !== undefined)
      throw new UsageError('--server starts a server, --contact-points names one that runs: give one of them')
    return { kind: 'given', contactPoint, localDataCenter: values['local-dc'] ?? null }
  }
  const kind = values.server ?? 'fast'
  if (kind !== 'embedded' && kind !== 'fast') throw new UsageError(`--server takes fast or embedded, got '${kind}'`)
  return { kind }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function knownClient(name: string): string {
  if (!Object.hasOwn(allClients, name))
    throw new UsageError(`There is no client '${name}'; known are ${Object.keys(allClients).join(', ')}`)
  return name
}

function knownServer(name: string): string {
  if (!Object.hasOwn(adaptiveServers, name))
    throw new UsageError(`--servers takes ${Object.keys(adaptiveServers).join(', ')}, got '${name}'`)
  return name
}

function knownRuntime(name: string): string {
  if (!isRuntimeName(name)) throw new UsageError(`--runtimes takes node20 (any number), bun, deno, got '${name}'`)
  return name
}

function knownCell(text: string): string {
  try {
    return parseCell(text).name
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

function protocolVersion(text: string | undefined): ProtocolVersion | null {
  if (text === undefined) return null
  if (text !== '3' && text !== '4' && text !== '5') throw new UsageError(`--protocol takes 3, 4 or 5, got '${text}'`)
  return Number(text) as ProtocolVersion
}
