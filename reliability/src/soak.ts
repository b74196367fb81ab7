/** `npm run soak`: does anything grow? Exit code 0: everything is flat and nothing is left; 1: not; 130: interrupted. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { interruption } from './interruption.js'
import { positive, wholeNumber } from './numeric-arguments.js'
import { soakPage } from './soak/report.js'
import { runSoak } from './soak/run-soak.js'
import { soakText } from './soak/text.js'
import { verdictOf } from './soak/verdict.js'

const program = new Command('npm run soak --')
  .description('A mixed load with errors, reconnects and cancellations on a real Cassandra, and what it does to the memory of this process')
  .option('--minutes <number>', 'how long', positive, 60)
  .option('--seed <number>', 'which rows are asked for, in which order', wholeNumber, 1)
  .option('--report <file>', 'where the HTML report goes', 'cqlwire-soak.html')
  .parse()
const options = program.opts<{ minutes: number; seed: number; report: string }>()

const code = await main()
// Everything is stopped; but the start of a node that was under way at Ctrl-C may still wait.
if (code === 130) process.exit(code)
process.exitCode = code

async function main(): Promise<number> {
  const signal = interruption()
  const began = performance.now()
  const say = (line: string): void => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`)
  try {
    const result = await runSoak(options, signal, say)
    const verdict = verdictOf(result)
    const report = resolve(options.report)
    await writeFile(report, await soakPage(result, verdict, machine()))
    console.log(soakText(result, verdict))
    console.log(`report: ${report}`)
    return result.interrupted ? 130 : verdict.isWell ? 0 : 1
  } catch (error) {
    if (signal.aborted) return 130
    console.error(error)
    return 1
  }
}

function machine(): string {
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`
}
