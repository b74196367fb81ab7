import type { Command } from 'commander'
import { findRunning, stopRunning } from '../running-cassandra.js'

export function addDown(program: Command): void {
  program.command('down').description('stop the Cassandra that `cqlwire up` started').action(down)
}

async function down(): Promise<void> {
  const running = await findRunning()
  if (running === null) {
    process.stdout.write('Nothing is up.\n')
    return
  }
  if (!(await stopRunning(running)))
    throw new Error(`The process that holds Cassandra (${running.pid}) ended without saying that Cassandra stopped.`)
  process.stdout.write(`Stopped: ${running.contactPoints.map((address) => `${address}:${running.port}`).join(', ')}\n`)
}
