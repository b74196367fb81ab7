/**
 * A fake cluster in a thread of its own: a blocked thread could not answer itself. Run as a worker; it says its contact points, then answers
 * the statements below. `startFakeServer` is the other half.
 */
import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { OverloadedError, UnavailableError } from '../../../src/base/server-errors.js'
import { FakeCluster } from '../../../src/testing/fake-cluster.js'
import type { FakeClusterOptions } from '../../../src/testing/fake-options.js'
import { reply } from '../../../src/testing/reply.js'
import { Decimal } from '../../../src/values/decimal.js'
import { LocalDate } from '../../../src/values/local-date.js'
import { Uuid } from '../../../src/values/uuid.js'

const ID = Uuid.fromString('123e4567-e89b-42d3-a456-426614174000')

const VALUES = {
  id: ['uuid', ID],
  name: ['text', 'Ada'],
  amount: ['decimal', Decimal.fromString('-12.50')],
  born: ['date', LocalDate.fromString('1815-12-10')],
  tags: ['set<text>', new Set(['a', 'b'])],
  counts: ['map<text, bigint>', new Map([['x', 1n]])],
  bytes: ['blob', Buffer.from('cafe', 'hex')],
  place: ['vector<float, 2>', new Float32Array([1.5, -2])],
} as const

const names = Object.keys(VALUES) as (keyof typeof VALUES)[]

/** The row that `SELECT values` answers with. */
export const ROW: Readonly<Record<string, unknown>> = Object.fromEntries(names.map((name) => [name, VALUES[name][1]]))

/** Pages of `SELECT pages`: three of two rows. */
export const PAGES = 3

export interface FakeServer {
  readonly contactPoints: string[]
  stop(): Promise<void>
}

export async function startFakeServer(options: FakeClusterOptions = {}): Promise<FakeServer> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { fakeCluster: options } })
  const [contactPoints] = (await once(worker, 'message')) as [string[]]
  return { contactPoints, stop: async () => void (await worker.terminate()) }
}

async function serve(options: FakeClusterOptions): Promise<void> {
  const fake = await FakeCluster.start(options)
  const types = Object.fromEntries(names.map((name) => [name, VALUES[name][0]]))
  fake.when('SELECT values', reply.rows(types, [ROW]))
  const page = { n: 'int' }
  fake.when('SELECT pages', (request) => {
    const state = request.parameters?.pageState ?? null
    const at = state === null ? 0 : state[0]!
    const more = at + 1 < PAGES ? { pageState: Buffer.from([at + 1]) } : {}
    return reply.rows(page, [[at * 2], [at * 2 + 1]], more)
  })
  const echo = { parameters: { a: 'int', b: 'text' }, columns: { a: 'int', b: 'text' } }
  fake.when(
    /^SELECT echo/,
    (request) => {
      const values = request.parameters!.values.map((value) => value ?? null)
      return { kind: 'rows', columns: reply.rows(echo.columns).columns, rows: [values], pageState: null }
    },
    echo,
  )
  fake.when('SELECT unavailable', reply.error(new UnavailableError('not enough', { consistency: 'QUORUM', required: 2, alive: 1 })))
  fake.when('SELECT overloaded once', reply.rows({ n: 'int' }, [[1]]))
  fake.when('SELECT overloaded once', reply.error(new OverloadedError('too much')), { times: 1 })
  fake.when('SELECT slow', reply.drop())
  fake.when('INSERT conditional', reply.rows({ '[applied]': 'boolean', a: 'int' }, [[false, 7]]))
  fake.when(
    'SELECT warned',
    reply.extras({ warnings: ['careful'], customPayload: new Map([['k', Buffer.from([1])]]) }, reply.rows({ a: 'int' })),
  )
  fake.when('USE other', reply.setKeyspace('other'))
  parentPort!.postMessage(fake.contactPoints)
}

const given = workerData as { readonly fakeCluster?: FakeClusterOptions } | null
if (given?.fakeCluster !== undefined) await serve(given.fakeCluster)
