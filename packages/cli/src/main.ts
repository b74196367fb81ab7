#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addDemo } from './commands/demo.js'
import { addDown } from './commands/down.js'
import { addUp } from './commands/up.js'

/** Each adds its command to the program. The order is that of `cqlwire --help`. */
const commands: readonly ((program: Command) => void)[] = [addDemo, addUp, addDown]

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const program = new Command('cqlwire').description('A real Apache Cassandra one command away').version(version).showHelpAfterError()
for (const add of commands) add(program)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`cqlwire: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode ||= 1
}
