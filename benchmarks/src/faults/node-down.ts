/**
 * What a node that is down costs the requests to the other nodes: `node benchmarks/dist/faults/node-down.js [seconds] [rounds]`.
 * Nodes and driver are processes of their own. Requests that name one of two nodes of three, half to each, leave at a fixed rate; the CPU time
 * that the driver's process takes for them is what counts, and how long they take. Times with the third node up and with it down (no
 * connection is taken; it is tried again every 100 ms, far more often than by default) follow each other, so that what else the machine does
 * falls on both.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Cluster, ConstantReconnectionPolicy } from 'cqlwire'
import type { Host, PreparedStatement, Session } from 'cqlwire'
import { FakeCluster, reply } from 'cqlwire/testing'

const QUERY = 'SELECT name FROM shop.users WHERE id = ?'
/** Requests a second: a part of what the nodes can do, which are FakeCluster's and share the machine, so that no queue hides what is added. */
const RATE = 4_000
const TICK_MS = 5
const WARM_UP_SECONDS = 3
const RETRY_MS = 100

interface Phase {
  /** Microseconds of CPU for each request. */
  readonly cpu: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly failed: number
}

/** Sends at the rate for so long, and waits for every outcome. */
async function load(session: Session, prepared: PreparedStatement, hosts: readonly Host[], seconds: number): Promise<Phase> {
  const latencies: number[] = []
  const waiting: Promise<void>[] = []
  let failed = 0
  const ask = async (id: number, due: number): Promise<void> => {
    try {
      await session.execute(prepared, [id], { host: hosts[id % hosts.length]! })
      latencies.push(performance.now() - due)
    } catch {
      failed++
    }
  }
  const begin = performance.now()
  const used = process.cpuUsage()
  for (let sent = 0; sent < RATE * seconds;) {
    const due = Math.min(RATE * seconds, Math.floor(((performance.now() - begin) * RATE) / 1000))
    for (; sent < due; sent++) waiting.push(ask(sent, begin + (sent * 1000) / RATE))
    await wait(TICK_MS)
  }
  await Promise.all(waiting)
  const { user, system } = process.cpuUsage(used)
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN
  return { cpu: (user + system) / waiting.length, p50: at(0.5), p99: at(0.99), failed }
}

const line = (name: string, { cpu, p50, p99, failed }: Phase): string =>
  `  ${name.padEnd(22)} ${cpu.toFixed(2)} µs of CPU a request; p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; ${failed} failed`

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

async function main(seconds: number, rounds: number): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['--serve'])
  try {
    const [contactPoints] = (await once(server, 'message')) as [string[]]
    await using cluster = new Cluster({ contactPoints: contactPoints.slice(0, 1), reconnection: new ConstantReconnectionPolicy(RETRY_MS) })
    const session = await cluster.connect()
    const prepared = await session.prepare(QUERY)
    const [one, other, third] = contactPoints.map((endpoint) => cluster.hosts.get(endpoint)!)
    const turn = async (what: 'stop' | 'start', isUp: boolean): Promise<void> => {
      server.send(what)
      await once(server, 'message')
      while (third!.isUp !== isUp) await wait(10)
    }
    const others = [one!, other!]
    await load(session, prepared, others, WARM_UP_SECONDS)
    console.log(`${RATE} requests a second to two nodes of three, ${rounds} rounds of ${seconds} s each:`)
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      // Which comes first alternates: whatever grows over the time falls on both.
      const isDownFirst = round % 2 === 1
      if (isDownFirst) await turn('stop', false)
      const first = await load(session, prepared, others, seconds)
      await turn(isDownFirst ? 'start' : 'stop', isDownFirst)
      const second = await load(session, prepared, others, seconds)
      if (!isDownFirst) await turn('start', true)
      const [up, down] = isDownFirst ? [second, first] : [first, second]
      console.log(line('the third node up', up))
      console.log(line('the third node down', down))
      ratios.push(down.cpu / up.cpu)
    }
    console.log(
      `CPU with a node down, of that with all up: ${ratios.map((each) => each.toFixed(2)).join(', ')}; median ${median(ratios).toFixed(2)}`,
    )
  } finally {
    server.kill()
  }
}

/** The nodes; the third one is stopped and started as told. */
async function serve(): Promise<void> {
  const fake = await FakeCluster.start({ nodes: 3 })
  const described = { parameters: { id: 'int' }, partitionKey: ['id'], keyspace: 'shop', table: 'users' }
  fake.when(QUERY, reply.rows({ name: 'text' }, [['Ada']], { keyspace: 'shop', table: 'users' }), described)
  // It remembers what it was asked, for tests.
  setInterval(() => fake.clearRequests(), 50).unref()
  const turn = async (what: unknown): Promise<void> => {
    await (what === 'stop' ? fake.nodes[2]!.stop() : fake.nodes[2]!.start())
    process.send!('done')
  }
  process.on('message', (what) => void turn(what))
  process.on('disconnect', () => process.exit(0))
  process.send!(fake.contactPoints)
}

if (process.argv[2] === '--serve') await serve()
else await main(Number(process.argv[2] ?? 4), Number(process.argv[3] ?? 5))
