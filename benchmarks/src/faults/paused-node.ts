/**
 * What one paused node of three costs the requests that have a live replica: `node benchmarks/dist/faults/paused-node.js [seconds]`.
 * Nodes and driver are processes of their own. Idempotent reads at CL ONE with three replicas leave at a fixed rate, whatever is answered, so
 * that waiting shows; latency counts from when a request was due. A phase with all nodes well, one with a node that reads nothing any more (its
 * sockets stay open, as under SIGSTOP), one with all well again; then the same without speculation, to compare.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Cluster, NoSpeculativeExecutionPolicy, PercentileSpeculativeExecutionPolicy } from 'cqlwire'
import type { Session } from 'cqlwire'
import { FakeCluster, reply } from 'cqlwire/testing'

const QUERY = 'SELECT name FROM shop.users WHERE id = ?'
/** Requests a second: far from what nodes and driver can do, so that the fault is what shows. */
const RATE = 1_000
const TICK_MS = 5
const WARM_UP_SECONDS = 2

interface Phase {
  readonly sent: number
  readonly failed: number
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[]
}

/** Sends at the rate for so long, and waits for every outcome. */
async function load(session: Session, seconds: number): Promise<Phase> {
  const latencies: number[] = []
  const waiting: Promise<void>[] = []
  let failed = 0
  const begin = performance.now()
  const ask = async (id: number, due: number): Promise<void> => {
    try {
      await session.execute(QUERY, [id], { idempotent: true, consistency: 'ONE' })
      latencies.push(performance.now() - due)
    } catch {
      failed++
    }
  }
  for (let sent = 0; sent < RATE * seconds;) {
    const due = Math.min(RATE * seconds, Math.floor(((performance.now() - begin) * RATE) / 1000))
    for (; sent < due; sent++) waiting.push(ask(sent, begin + (sent * 1000) / RATE))
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  await Promise.all(waiting)
  return { sent: waiting.length, failed, latencies: latencies.sort((a, b) => a - b) }
}

const percentile = ({ latencies }: Phase, share: number): number =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN

function line(name: string, phase: Phase, healthy: Phase): string {
  const [p50, p99, max] = [percentile(phase, 0.5), percentile(phase, 0.99), phase.latencies.at(-1) ?? NaN]
  const ratio = p99 / percentile(healthy, 0.99)
  const times = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (${ratio.toFixed(2)} x healthy), longest ${max.toFixed(1)} ms`
  return `  ${name.padEnd(18)} ${phase.sent} sent, ${phase.latencies.length} answered, ${phase.failed} failed; ${times}`
}

async function main(seconds: number): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['--serve'])
  try {
    const [contactPoints] = (await once(server, 'message')) as [string[]]
    const tell = async (what: 'pause' | 'resume'): Promise<void> => {
      server.send(what)
      await once(server, 'message')
    }
    for (const [name, speculativeExecution] of [
      ['speculation after p95', new PercentileSpeculativeExecutionPolicy({ percentile: 95 })],
      ['no speculation', new NoSpeculativeExecutionPolicy()],
    ] as const) {
      await using cluster = new Cluster({ contactPoints, speculativeExecution, requestTimeoutMs: 5_000 })
      const session = await cluster.connect()
      await load(session, WARM_UP_SECONDS)
      console.log(`${name}, ${RATE} requests a second for ${seconds} s each:`)
      const healthy = await load(session, seconds)
      console.log(line('all nodes well', healthy, healthy))
      await tell('pause')
      console.log(line('one node paused', await load(session, seconds), healthy))
      await tell('resume')
      console.log(line('all well again', await load(session, seconds), healthy))
    }
  } finally {
    server.kill()
  }
}

/** The nodes; the second one is paused and resumed as told. */
async function serve(): Promise<void> {
  const fake = await FakeCluster.start({
    nodes: 3,
    schema: {
      shop: {
        replication: { class: 'SimpleStrategy', replication_factor: '3' },
        tables: { users: { columns: { id: 'int', name: 'text' }, partitionKey: 'id' } },
      },
    },
  })
  const described = { parameters: { id: 'int' }, partitionKey: ['id'], keyspace: 'shop', table: 'users' }
  fake.when(QUERY, reply.rows({ name: 'text' }, [['Ada']], { keyspace: 'shop', table: 'users' }), described)
  // It remembers what it was asked, for tests.
  setInterval(() => fake.clearRequests(), 50).unref()
  process.on('message', (what) => {
    if (what === 'pause') fake.nodes[1]!.stopReading()
    else fake.nodes[1]!.resumeReading()
    process.send!('done')
  })
  process.on('disconnect', () => process.exit(0))
  process.send!(fake.contactPoints)
}

if (process.argv[2] === '--serve') await serve()
else await main(Number(process.argv[2] ?? 5))
