/** The program that measures token maps: `node --expose-gc ring-process.js ROUNDS` prints one line of JSON. */
import { writeSync } from 'node:fs'
import type { Host } from '../../../packages/cqlwire/dist/metadata/host.js'
import { TokenMap } from '../../../packages/cqlwire/dist/metadata/token-map.js'
import { Murmur3Ring } from '../../../packages/cqlwire/dist/metadata/token-ring.js'
import { median } from '../measuring/median.js'
import { manyKeyspaces, type RingFigures, type RingReport, ringSizes } from './ring-figures.js'
import { largeRing } from './routing-case.js'
import { makeHosts, replicationIn } from './simulated-ring.js'

const dataCenter = 'dc1'
const mebibyte = 2 ** 20

type Once = Pick<RingFigures, 'readyMs' | 'filledMs' | 'heldMiB'>

/** MiB, after a full collection. */
function held(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / mebibyte
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Each keyspace says its replication for itself, as rows of a schema do. */
function once(hosts: readonly Host[], keyspaces: number): Once {
  const before = held()
  const start = cpuMs()
  const map = new TokenMap(new Murmur3Ring(hosts))
  for (let index = 0; index < keyspaces; index++) map.setKeyspace(`keyspace_${index}`, replicationIn(dataCenter))
  const readyMs = cpuMs() - start
  for (let index = 0; index < keyspaces; index++) {
    const table = map.tableOf(`keyspace_${index}`)!
    for (let position = 0; position < map.ring.size; position++) table.at(position)
  }
  const filledMs = cpuMs() - start
  const heldMiB = held() - before
  if (map.tableOf('keyspace_0')!.at(0).length === 0) throw new Error('The made-up ring has no replicas')
  return { readyMs, filledMs, heldMiB }
}

function figuresOf(nodes: number, hosts: readonly Host[], rounds: number): RingFigures[] {
  const counts = [1, manyKeyspaces]
  const runs: Once[][] = counts.map(() => [])
  once(hosts, 1) // compiles the code, not counted
  for (let round = 0; round < rounds; round++) for (const [index, count] of counts.entries()) runs[index]!.push(once(hosts, count))
  return counts.map((keyspaces, index) => {
    const middle = (field: keyof Once): number => median(runs[index]!.map((run) => run[field]))
    return { nodes, keyspaces, readyMs: middle('readyMs'), filledMs: middle('filledMs'), heldMiB: middle('heldMiB') }
  })
}

function measure(rounds: number): RingReport {
  let hostsMiB = 0
  const figures = ringSizes.flatMap((nodes) => {
    const before = held()
    const hosts = makeHosts(nodes, dataCenter)
    if (nodes === largeRing) hostsMiB = held() - before
    return figuresOf(nodes, hosts, rounds)
  })
  return { hostsMiB, figures }
}

writeSync(1, `${JSON.stringify(measure(Number(process.argv[2] ?? 3)))}\n`)
