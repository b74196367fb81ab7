// Child processes of the scripts: their exit codes come back, and a signal that ends this process ends them first.
import { spawn } from 'node:child_process'
import { root } from './setup.mjs'

const running = new Set()
let ending

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A child that starts a Cassandra needs a moment to stop it, so: pass the signal on, and leave when the last one has.
    ending = signal
    for (const child of running) child.kill(signal)
    if (running.size === 0) leave()
  })
}

function leave() {
  process.removeAllListeners(ending)
  process.kill(process.pid, ending)
}

/**
 * Runs a program in the root of the repository to its end. `capture: true` collects what it writes instead of showing it,
 * `limitMs` ends it.
 * Never rejects: a program that can't be started, or that a signal ended, has an exit code above zero too.
 */
export function run(command, args, { env, capture = false, cwd = root, limitMs } = {}) {
  return new Promise((resolve) => {
    const stdio = capture ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    const childEnv = env === undefined ? process.env : { ...process.env, ...env }
    const child = spawn(command, args, { cwd, stdio, env: childEnv, timeout: limitMs, killSignal: 'SIGKILL' })
    running.add(child)
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => {
      running.delete(child)
      resolve({ code: 127, output: `${command} could not be started: ${error.message}\n` })
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      if (ending !== undefined) return running.size === 0 ? leave() : undefined
      resolve({ code: code ?? 1, output: signal === null ? output : `${output}ended by ${signal}\n` })
    })
  })
}

/** Runs a script of a package in node_modules with this same Node. */
export const runTool = (script, args, options) => run(process.execPath, [`node_modules/${script}`, ...args], options)
