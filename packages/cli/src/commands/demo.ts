import { InvalidArgumentError, Option, type Command } from 'commander'
import type { DemoArguments } from '../demo/demo-options.js'

/** Adds `cqlwire demo`. What it runs on is loaded when it runs. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('write and read the cities of the world in every request pattern, compare every field, and measure')
    .option('--rows <count>', 'how many cities (default: all 135,233; with --quick 20,000)', atLeastOne)
    .option('--nodes <count>', 'nodes of the Cassandra that is started', atLeastOne, 1)
    .option('--contact-points <hosts>', 'a running Cassandra instead: host[:port],...', hosts)
    .option('--local-dc <name>', 'the local data centre of --contact-points')
    .option('--concurrency <count>', 'requests in flight', atLeastOne, 128)
    .addOption(
      new Option('--protocol <version>', 'protocol version (default: the newest)').choices(['3', '4', '5']).argParser(protocolVersion),
    )
    .option('--report <file>', 'where the HTML report goes', 'cqlwire-demo.html')
    .option('--json', 'one JSON document on standard output, everything else on standard error')
    .option('--quick', 'fewer rows: under a minute in all')
    .option('--keep', 'leave the tables; a Cassandra that was started stays up until Ctrl-C')
    .action(async (given: DemoArguments) => {
      const { demoOptionsOf } = await import('../demo/demo-options.js')
      const { demo } = await import('../demo/demo.js')
      process.exitCode = await demo(demoOptionsOf(given), program.version() ?? '')
    })
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 1 up.')
  return Number(text)
}

function hosts(text: string): string[] {
  const found = text
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
  if (found.length === 0) throw new InvalidArgumentError('It takes at least one host.')
  return found
}

function protocolVersion(text: string): 3 | 4 | 5 {
  if (text !== '3' && text !== '4' && text !== '5') throw new InvalidArgumentError('It takes 3, 4 or 5.')
  return Number(text) as 3 | 4 | 5
}
