/** The memory run: does the resident set stay flat while a million rows pass through? */
import type { BenchOptions } from '../bench-options.js'
import { environment } from '../environment.js'
import type { Outcome } from '../outcome.js'
import { runProgram } from '../run-client.js'
import { seed } from '../seed.js'
import { openServer } from '../servers/open-server.js'
import { plainly, targetOf } from '../servers/server.js'
import { fileURLToPath } from 'node:url'
import type { MemoryJob, MemoryReport, Stream } from './memory-job.js'
import { memoryText, quarters } from './memory-text.js'

const program = fileURLToPath(new URL('memory-process.js', import.meta.url))

/**
 * A full collection at will; and the space of young objects at its full size (V8's default of 16 MiB) from the start, as its
 * growth in steps would look like the driver's.
 */
const nodeFlags = ['--expose-gc', '--min-semi-space-size=16']

/** A thousand rows a second is slow even for a busy machine. */
const mostMsPerRow = 1
const startMs = 60_000

export async function memory(options: BenchOptions, signal: AbortSignal, note: (line: string) => void): Promise<Outcome> {
  await using server = await openServer(options.server, signal, note)
  const target = targetOf(server, plainly, options.protocol)
  if (!server.answersFromMemory) await seed(target, note)
  const reports: MemoryReport[] = []
  // the rows that the one inserts are those that the other reads
  for (const stream of ['inserts', 'iterate'] as const satisfies readonly Stream[]) {
    note(`${stream}: ${options.rows.toLocaleString('en-US')} rows ...`)
    const job: MemoryJob = { stream, target, rows: options.rows, answersFromMemory: server.answersFromMemory }
    const timeoutMs = startMs + options.rows * mostMsPerRow
    const line = await runProgram(program, JSON.stringify(job), { core: null, timeoutMs, signal, nodeFlags })
    reports.push(JSON.parse(line) as MemoryReport)
  }
  return {
    json: {
      mode: 'memory',
      server: server.description,
      environment: environment(),
      streams: reports.map((report) => ({ ...report, quarters: quarters(report) })),
    },
    text: `Server: ${server.description}; Node.js ${process.versions.node}\n${reports.map(memoryText).join('\n')}`,
  }
}
