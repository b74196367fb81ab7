/** All patterns, one after the other, on one session. */
import { Cluster } from 'cqlwire'
import type { BlockingSession } from 'cqlwire/sync'
import type { Row } from './checker.js'
import { loadCities, type City } from './cities.js'
import { warmUpRows, type DemoOptions } from './demo-options.js'
import { count } from './numbers.js'
import { allPatterns } from './patterns/all-patterns.js'
import type { Progress } from './progress.js'
import type { PatternResult, ServerFacts } from './results.js'
import { cityMap, type CityMap } from './report/city-map.js'
import { runPattern, type PatternContext } from './run-pattern.js'
import { createSchema, dropSchema } from './schema.js'
import { readClusterFacts } from './server-facts.js'
import type { DemoServer } from './server.js'
import { silent } from './silent-progress.js'

export interface DemoRun {
  readonly patterns: readonly PatternResult[]
  readonly server: ServerFacts
  /** Where the cities lie, by the rows that were read. */
  readonly map: CityMap
}

export async function runDemo(options: DemoOptions, server: DemoServer, signal: AbortSignal, progress: Progress): Promise<DemoRun> {
  const cities = await loadCities(options.rows, new Date())
  await using cluster = new Cluster(server.connection)
  await using session = await cluster.connect()
  const facts = await readClusterFacts(session)
  progress.note(
    `Apache Cassandra ${facts.cassandra}, ${facts.nodes} node${facts.nodes === 1 ? '' : 's'}, protocol v${cluster.protocolVersion}; ${count(cities.length)} cities`,
  )
  await createSchema(session, facts.localDataCenter, facts.replicas, ['warm_up', ...allPatterns.map(tableOf)])
  const { BlockingSession: Blocking } = await import('cqlwire/sync')
  using blocking = new LazyBlockingSession(() => Blocking.connect(server.connection))
  const context: PatternContext = { session, concurrency: options.concurrency, signal, progress, blocking: () => blocking.get() }
  await warmUp(cities.slice(0, warmUpRows(options)), context)
  const patterns: PatternResult[] = []
  const places: City['location'][] = []
  const onRead = (rows: readonly (Row | undefined)[]): void => void places.push(...placesOf(rows))
  for (const pattern of allPatterns) {
    const part = pattern.sequential ? cities.slice(0, options.sampleRows) : cities
    // one map is enough: what the last pattern read, which is all of it
    const seen = pattern === allPatterns.at(-1) ? { ...context, onRead } : context
    patterns.push(await runPattern(pattern, tableOf(pattern), part, cities.length, seen))
  }
  if (!options.keep) await dropSchema(session)
  return {
    patterns,
    map: cityMap(places),
    server: { ...facts, contactPoints: server.contactPoints, startedByDemo: server.startedByDemo, protocol: cluster.protocolVersion },
  }
}

function* placesOf(rows: readonly (Row | undefined)[]): Generator<City['location']> {
  for (const row of rows) {
    const location = row?.['location'] as City['location'] | null | undefined
    if (location !== null && location !== undefined) yield location
  }
}

const tableOf = (pattern: { name: string }): string => `cities_${pattern.name}`

/** Every pattern once, into a table of its own, with nothing counted: a fresh JVM would make the first pattern look slow. */
async function warmUp(cities: readonly City[], context: PatternContext): Promise<void> {
  context.progress.note('Warming up, not counted ...')
  for (const pattern of allPatterns) {
    const part = pattern.sequential ? cities.slice(0, Math.ceil(cities.length / 10)) : cities
    await runPattern(pattern, 'warm_up', part, part.length, { ...context, progress: silent })
  }
}

/** One blocking session for both blocking patterns, opened when the first of them asks for it. */
class LazyBlockingSession implements Disposable {
  readonly #connect: () => BlockingSession
  #session: BlockingSession | null = null

  constructor(connect: () => BlockingSession) {
    this.#connect = connect
  }

  get(): BlockingSession {
    return (this.#session ??= this.#connect())
  }

  [Symbol.dispose](): void {
    this.#session?.[Symbol.dispose]()
  }
}
