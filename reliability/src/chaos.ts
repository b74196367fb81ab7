/** `npm run chaos`: is anything lost while nodes die and connections break? Exit code 0: nothing; 1: something; 130: interrupted. */
import { Command } from 'commander'
import { isWell } from './chaos/result.js'
import { NODES, runChaos, type ChaosOptions } from './chaos/run-chaos.js'
import { chaosText } from './chaos/text.js'
import { describeLinkFault, describeNodeFault, makeSchedule } from './faults/schedule.js'
import { interruption } from './interruption.js'
import { positive, wholeNumber } from './numeric-arguments.js'
import { seededRandom } from './seeded-random.js'

const program = new Command('npm run chaos --')
  .description('A ledger on a real Cassandra of three nodes, while nodes are killed, paused and restarted, and connections are cut')
  .option('--minutes <number>', 'how long faults are injected', positive, 10)
  .option('--seed <number>', 'which faults, in which order, for how long', wholeNumber, Math.floor(Math.random() * 1_000_000))
  .option('--rate <number>', 'entries written a second', positive, 50)
  .option('--print-schedule', 'only show the faults of this seed')
  .parse()
const given = program.opts<{ minutes: number; seed: number; rate: number; printSchedule?: boolean }>()
const options: ChaosOptions = { minutes: given.minutes, seed: given.seed, entriesPerSecond: given.rate }

console.log(`chaos: ${options.minutes} min, seed ${options.seed} (--seed ${options.seed} repeats these faults)`)
if (given.printSchedule === true) printSchedule()
else {
  const code = await main()
  // Everything is stopped; but the start of a node that was under way at Ctrl-C may still wait for its peers.
  if (code === 130) process.exit(code)
  process.exitCode = code
}

function printSchedule(): void {
  const { nodes, links } = makeSchedule(seededRandom(options.seed), options.minutes, NODES)
  console.log(['nodes, one after the other until the time is over:', ...nodes.map((each) => `  ${describeNodeFault(each)}`)].join('\n'))
  console.log(['connections, beside them:', ...links.map((each) => `  ${describeLinkFault(each)}`)].join('\n'))
}

async function main(): Promise<number> {
  const signal = interruption()
  const began = performance.now()
  const say = (line: string): void => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`)
  try {
    const result = await runChaos(options, signal, say)
    console.log(chaosText(result))
    return result.interrupted ? 130 : isWell(result) ? 0 : 1
  } catch (error) {
    if (signal.aborted) return 130
    console.error(error)
    return 1
  }
}
