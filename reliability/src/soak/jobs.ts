/** What a program does with a driver in an hour, mistakes included: the jobs of the soak. */
import {
  executeConcurrent,
  executeConcurrentWithArgs,
  InvalidArgumentError,
  CqlSyntaxError,
  InvalidRequestError,
  OperationTimedOutError,
} from 'cqlwire'
import type { Cluster, PreparedStatement, Session } from 'cqlwire'

/** What jobs stand on. */
export interface SoakContext {
  readonly cluster: Cluster
  readonly session: Session
  readonly insert: PreparedStatement
  readonly select: PreparedStatement
  readonly random: () => number
  /** Another cluster to the same nodes; the caller shuts it down. */
  readonly connect: () => Cluster
}

export interface Job {
  readonly name: string
  /** So many a second. */
  readonly rate: number
  /** Requests that one run sends. */
  readonly requests: number
  /** Throws where the driver did anything but what it should; errors of a node that is away may be thrown as well. */
  readonly run: (context: SoakContext) => Promise<void>
}

/** The answer is not what was written: this is never excused. */
export class WrongAnswer extends Error {}

/** Rows of the table that is written and read. */
const KEYS = 2_000
/** Rows of the partition that is paged through. */
const PAGED_ROWS = 1_000
const BLOB_BYTES = 512 * 1024
/** The word in statements whose answers the proxy delays by so many milliseconds. */
export const SLOW_MARK = 'soak_slow'
export const SLOW_ANSWER_MS = 200
/** The word in statements whose answers the proxy drops: however long the event loop is held up, none is there when the deadline is. */
export const NEVER_MARK = 'soak_never'

export const TABLES = [
  'CREATE TABLE kv (k int PRIMARY KEY, v text)',
  'CREATE TABLE pages (p int, c int, v text, PRIMARY KEY (p, c))',
  'CREATE TABLE blobs (k int PRIMARY KEY, v blob)',
  'CREATE TABLE cas (k int PRIMARY KEY, n int)',
  `CREATE TABLE ${SLOW_MARK} (k int PRIMARY KEY, v text)`,
  `CREATE TABLE ${NEVER_MARK} (k int PRIMARY KEY, v text)`,
]

const valueOf = (key: number): string => `value of ${key} `.repeat(4)
const someKey = ({ random }: SoakContext): number => Math.floor(random() * KEYS)

function expectValue(key: number, row: { v?: unknown } | null): void {
  if (row !== null && row.v !== valueOf(key)) throw new WrongAnswer(`key ${key} read as ${String(row.v)}`)
}

export const JOBS: readonly Job[] = [
  {
    name: 'prepared write',
    rate: 20,
    requests: 1,
    run: async (context) => {
      const key = someKey(context)
      await context.session.execute(context.insert, [key, valueOf(key)], { idempotent: true })
    },
  },
  {
    name: 'prepared read',
    rate: 20,
    requests: 1,
    run: async (context) => {
      const key = someKey(context)
      expectValue(key, (await context.session.execute(context.select, [key], { idempotent: true })).one())
    },
  },
  {
    name: 'unprepared',
    rate: 5,
    requests: 2,
    run: async (context) => {
      const key = someKey(context)
      await context.session.execute(`INSERT INTO kv (k, v) VALUES (${key}, '${valueOf(key)}')`)
      expectValue(key, (await context.session.execute('SELECT v FROM kv WHERE k = ?', [key], { prepare: false })).one())
    },
  },
  {
    name: 'template',
    rate: 5,
    requests: 1,
    run: async (context) => {
      const key = someKey(context)
      expectValue(key, (await context.session.cql<{ v: string }>`SELECT v FROM kv WHERE k = ${key}`).one())
    },
  },
  {
    name: 'callbacks',
    rate: 10,
    requests: 1,
    run: (context) =>
      new Promise((resolve, reject) => {
        const key = someKey(context)
        context.session.executeAsync(context.select, [key]).addCallbacks({ callback: () => resolve(), errback: reject })
      }),
  },
  {
    name: 'batch',
    rate: 2,
    requests: 1,
    run: async (context) => {
      const keys = [someKey(context), someKey(context), someKey(context)]
      const kind = context.random() < 0.5 ? 'LOGGED' : 'UNLOGGED'
      await context.session.batch(
        keys.map((key) => ({ query: context.insert, params: [key, valueOf(key)] })),
        { kind },
      )
    },
  },
  {
    name: 'conditional',
    rate: 2,
    requests: 1,
    run: async ({ session, random }) => {
      const n = Math.floor(random() * 2)
      await session.execute('UPDATE cas SET n = ? WHERE k = 0 IF n = ?', [n, 1 - n])
    },
  },
  {
    name: 'pages',
    rate: 0.5,
    requests: PAGED_ROWS / 100,
    run: async ({ session }) => {
      let rows = 0
      for await (const row of session.iterate<{ c: number }>('SELECT c, v FROM pages WHERE p = ?', [0], { pageSize: 100 })) {
        if (row.c !== rows++) throw new WrongAnswer(`row ${rows - 1} of the pages is ${row.c}`)
      }
      if (rows !== PAGED_ROWS) throw new WrongAnswer(`${rows} rows of ${PAGED_ROWS} were paged through`)
    },
  },
  {
    name: 'iterator left early',
    rate: 1,
    requests: 2,
    run: async ({ session, random }) => {
      const last = Math.floor(random() * 150)
      for await (const { c } of session.iterate<{ c: number }>('SELECT c, v FROM pages WHERE p = ?', [0], { pageSize: 50 })) {
        if (c >= last) break
      }
    },
  },
  {
    name: 'concurrent helper',
    rate: 0.5,
    requests: 100,
    run: async (context) => {
      const keys = Array.from({ length: 100 }, () => someKey(context))
      const results = await executeConcurrentWithArgs(
        context.session,
        context.select,
        keys.map((key) => [key]),
        { concurrency: 20, raiseOnFirstError: false },
      )
      for (const { success, index, result } of results) if (success) expectValue(keys[index]!, result.one())
    },
  },
  {
    name: 'concurrent helper left early',
    rate: 0.5,
    requests: 30,
    run: async (context) => {
      const endless = (function* (): Generator<[PreparedStatement, number[]]> {
        for (;;) yield [context.select, [someKey(context)]]
      })()
      let seen = 0
      for await (const result of executeConcurrent(context.session, endless, { concurrency: 10, resultsGenerator: true })) {
        if (++seen === 20) break
        if (!result.success) throw result.error
      }
    },
  },
  {
    name: 'big blob',
    rate: 0.5,
    requests: 2,
    run: async ({ session, random }) => {
      const key = Math.floor(random() * 8)
      const bytes = Buffer.alloc(BLOB_BYTES, key)
      await session.execute('INSERT INTO blobs (k, v) VALUES (?, ?)', [key, bytes])
      const found = (await session.execute<{ v: Buffer }>('SELECT v FROM blobs WHERE k = ?', [key])).one()
      if (found !== null && !found.v.equals(bytes)) throw new WrongAnswer(`blob ${key} is not what was written`)
    },
  },
  {
    name: 'new statement text',
    rate: 2,
    requests: 1,
    run: async ({ session, random }) => {
      // More texts than the cache of prepared statements holds.
      await session.execute(`SELECT v AS v${Math.floor(random() * 1_000)} FROM kv WHERE k = ?`, [1])
    },
  },
  {
    name: 'syntax error',
    rate: 1,
    requests: 1,
    run: ({ session }) => expectError(session.execute('SELECT FROM WHERE'), CqlSyntaxError),
  },
  {
    name: 'invalid request',
    rate: 1,
    requests: 1,
    run: ({ session }) => expectError(session.execute('SELECT * FROM no_such_table WHERE k = ?', [1]), InvalidRequestError),
  },
  {
    name: 'invalid argument',
    rate: 1,
    requests: 0,
    run: ({ session, insert }) => expectError(session.execute(insert, ['not a number', 'x']), InvalidArgumentError),
  },
  {
    name: 'timeout',
    rate: 2,
    requests: 1,
    run: ({ session }) =>
      expectError(session.execute(`SELECT v FROM ${NEVER_MARK} WHERE k = 1`, [], { timeoutMs: 50 }), OperationTimedOutError),
  },
  {
    name: 'aborted by a signal',
    rate: 2,
    requests: 1,
    run: async ({ session, random }) => {
      const controller = new AbortController()
      const request = session.execute(`SELECT v FROM ${SLOW_MARK} WHERE k = 1`, [], { signal: controller.signal })
      setTimeout(() => controller.abort(), random() * SLOW_ANSWER_MS)
      await expectAbort(request)
    },
  },
  {
    name: 'cancelled future',
    rate: 2,
    requests: 1,
    run: async ({ session, random }) => {
      const future = session.executeAsync(`SELECT v FROM ${SLOW_MARK} WHERE k = 1`)
      setTimeout(() => future.cancel(), random() * SLOW_ANSWER_MS)
      await expectAbort(future)
    },
  },
  {
    name: 'table made and dropped',
    rate: 1 / 30,
    requests: 2,
    run: async ({ session, random }) => {
      const name = `passing_${Math.floor(random() * 1e9)}`
      await session.execute(`CREATE TABLE ${name} (k int PRIMARY KEY)`)
      await session.execute(`DROP TABLE ${name}`)
    },
  },
  {
    name: 'another session',
    rate: 1 / 10,
    requests: 1,
    run: async ({ cluster }) => {
      await using session = await cluster.connect('soak')
      await session.execute('SELECT v FROM kv WHERE k = 1')
    },
  },
  {
    name: 'another cluster',
    rate: 1 / 20,
    requests: 1,
    run: async ({ connect }) => {
      await using cluster = connect()
      const session = await cluster.connect('soak')
      await session.execute('SELECT v FROM kv WHERE k = ?', [1])
    },
  },
]

/** The rows that jobs read. */
export async function fillTables({ session, insert }: Pick<SoakContext, 'session' | 'insert'>): Promise<void> {
  const pages = await session.prepare('INSERT INTO pages (p, c, v) VALUES (0, ?, ?)')
  await executeConcurrentWithArgs(
    session,
    insert,
    Array.from({ length: KEYS }, (_, key) => [key, valueOf(key)]),
  )
  await executeConcurrentWithArgs(
    session,
    pages,
    Array.from({ length: PAGED_ROWS }, (_, c) => [c, valueOf(c)]),
  )
  await session.execute('INSERT INTO cas (k, n) VALUES (0, 0)')
}

/** Another error is thrown on: it may be that of a node that is away. */
async function expectError(request: Promise<unknown>, kind: new (...args: never[]) => Error): Promise<void> {
  try {
    await request
  } catch (error) {
    if (error instanceof kind) return
    throw error
  }
  throw new WrongAnswer(`a request that must end in ${kind.name} was answered`)
}

async function expectAbort(request: PromiseLike<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
  }
}
