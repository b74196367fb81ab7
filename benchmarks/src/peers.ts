/** Drivers of other languages: their programs, in peers/, built when they are first asked for. */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import type { ClientReport } from './client-process.js'
import type { ClientJob } from './client-process.js'
import { parseCell } from './cells.js'
import { benchmarks, cacheFolder } from './cache.js'

export type Command = readonly [string, ...string[]]

interface Peer {
  /** In peers/. */
  readonly sources: readonly string[]
  /** What must be on the PATH. */
  readonly tools: readonly string[]
  /** What the build leaves. */
  readonly built: string
  readonly build: readonly Command[]
  readonly command: Command
  /** A virtual machine takes its time until it has compiled what is hot. */
  readonly leastWarmUpMs?: number
}

const sources = `${benchmarks}peers`
const cache = (name: string): string => `${benchmarks}.cache/${name}`

const python: Peer = {
  sources: ['python/requirements.txt'],
  tools: ['python3'],
  built: cache('python/bin/python'),
  build: [
    ['python3', '-m', 'venv', cache('python')],
    [cache('python/bin/pip'), 'install', '--quiet', '--requirement', `${sources}/python/requirements.txt`],
  ],
  command: [cache('python/bin/python'), `${sources}/python/client.py`],
}

const peers: Readonly<Record<string, Peer>> = {
  scylla: {
    sources: ['rust/Cargo.toml', 'rust/src/main.rs'],
    tools: ['cargo'],
    built: cache('scylla/release/cqlwire-bench-scylla'),
    build: [['cargo', 'build', '--release', '--quiet', '--manifest-path', `${sources}/rust/Cargo.toml`, '--target-dir', cache('scylla')]],
    command: [cache('scylla/release/cqlwire-bench-scylla')],
  },
  gocql: {
    sources: ['go/go.mod', 'go/go.sum', 'go/main.go'],
    tools: ['go'],
    built: cache('gocql'),
    build: [['go', 'build', '-C', `${sources}/go`, '-o', cache('gocql'), '.']],
    command: [cache('gocql')],
  },
  java: {
    sources: ['java/pom.xml', 'java/Client.java'],
    tools: ['mvn', 'javac', 'java'],
    built: cache('java/classes/Client.class'),
    build: [
      [
        ...(['mvn', '--quiet', '--batch-mode', '--file', `${sources}/java/pom.xml`, 'dependency:copy-dependencies'] as const),
        `-DoutputDirectory=${cache('java/libraries')}`,
      ],
      ['javac', '-d', cache('java/classes'), '-cp', cache('java/libraries/*'), `${sources}/java/Client.java`],
    ],
    command: ['java', '-cp', `${cache('java/classes')}:${cache('java/libraries/*')}`, 'Client'],
    leastWarmUpMs: 6_000,
  },
  python,
  'python-concurrent': { ...python, command: [...python.command, '--pattern', 'concurrent'] },
}

/** Null where it is ready; otherwise why it is left out. */
export function preparePeer(name: string, note: (line: string) => void): string | null {
  const peer = peers[name]!
  const missing = peer.tools.find((tool) => spawnSync('which', [tool], { stdio: 'ignore' }).status !== 0)
  if (missing !== undefined) return `${missing} is not on the PATH`
  if (isFresh(peer)) return null
  note(`building ${name} ...`)
  cacheFolder('')
  for (const [program, ...args] of peer.build) {
    const env = { ...process.env, GOTOOLCHAIN: 'local' }
    if (spawnSync(program, args, { stdio: ['ignore', process.stderr, process.stderr], env }).status !== 0)
      return `it could not be built: see what ${program} says above`
  }
  return null
}

function isFresh({ built, sources: files }: Peer): boolean {
  if (!existsSync(built)) return false
  const builtAt = statSync(built).mtimeMs
  return files.every((file) => statSync(`${sources}/${file}`).mtimeMs <= builtAt)
}

export const warmUpOf = (name: string, warmUpMs: number): number => Math.max(warmUpMs, peers[name]?.leastWarmUpMs ?? 0)

export function peerCommand({ client, cell, target, warmUpMs, measureMs }: ClientJob): Command {
  const { workload, inFlight } = parseCell(cell)
  const options = {
    ...{ '--host': target.host, '--port': target.port, '--workload': workload.name, '--in-flight': inFlight },
    ...{ '--warm-up-ms': warmUpOf(client, warmUpMs), '--measure-ms': measureMs },
  }
  const [program, ...args] = peers[client]!.command
  return [program, ...args, ...Object.entries(options).flatMap(([name, value]) => [name, String(value)])]
}

type Figures = Omit<ClientReport, 'requestsPerSecond' | 'cpuSecondsPerMillion'>

/** What a program printed, with what follows from it. */
export function peerReport(line: string): ClientReport {
  const figures = JSON.parse(line) as Figures
  const { requests, seconds, cpuUserSeconds, cpuSystemSeconds } = figures
  return {
    ...figures,
    requestsPerSecond: requests / seconds,
    cpuSecondsPerMillion: ((cpuUserSeconds + cpuSystemSeconds) / requests) * 1e6,
  }
}
