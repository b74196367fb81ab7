#!/usr/bin/env node
/**
 * Runs a command while a real Cassandra runs: `node scripts/with-cassandra.mjs [--options '<JSON>'] -- node --test ...`.
 * The command finds it in CQLWIRE_TEST_CASSANDRA: `{ contactPoints, port, localDataCenter }` in JSON. Ends with the command's exit code.
 * `--options` are those of `startCassandra`; any free port unless told. Needs the built package (`npm run build`).
 */
import { spawn } from 'node:child_process'
import { startCassandra } from '../packages/cqlwire/dist/embedded/index.js'

const separator = process.argv.indexOf('--', 2)
const command = separator === -1 ? [] : process.argv.slice(separator + 1)
const before = process.argv.slice(2, separator === -1 ? undefined : separator)
if (command.length === 0 || (before.length > 0 && (before.length !== 2 || before[0] !== '--options'))) {
  console.error("usage: node scripts/with-cassandra.mjs [--options '<JSON>'] -- <command> [arguments]")
  process.exit(2)
}

const options = { port: 0, storagePort: 0, ...(before[1] === undefined ? {} : JSON.parse(before[1])) }
process.exitCode = await run()

async function run() {
  const cassandra = await startCassandra(options).catch((error) => {
    console.error(error.message)
    return null
  })
  if (cassandra === null) return 1
  const { contactPoints, port, localDataCenter, auth, tls } = cassandra
  const env = { ...process.env, CQLWIRE_TEST_CASSANDRA: JSON.stringify({ contactPoints, port, localDataCenter, auth, tls }) }
  try {
    return await exitCodeOf(spawn(command[0], command.slice(1), { stdio: 'inherit', env }))
  } finally {
    await cassandra.stop()
  }
}

/** A signal for this process is the command's to answer; when the command has ended, Cassandra is stopped. */
function exitCodeOf(child) {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const name of names) process.on(name, () => child.kill(name))
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGHUP' ? 1 : 15)))
  })
}
