/** A process of a run: fuzzes one target after the other. Its arguments: the URL of the module of the targets, the file of `CurrentInput`. */
import { Coverage } from './coverage.js'
import { CurrentInput, type Job, type Report } from './messages.js'
import type { FuzzTarget } from './target.js'

const [, , module, currentFile] = process.argv as [string, string, string, string]
const REPORT_EVERY_MS = 500

// Before anything is loaded whose code is to be counted.
const coverage = new Coverage((url) => url === module || url.includes('/src/'))
const { Fuzzer } = await import('./fuzzer.js')
const { targets } = (await import(module)) as { readonly targets: readonly FuzzTarget[] }
const current = new CurrentInput(currentFile)
Error.stackTraceLimit = 0

process.on('message', ({ name, inputs, seed, ms }: Job) => {
  const deadline = performance.now() + ms
  const target = targets.find((each) => each.name === name)!
  const fuzzer = new Fuzzer(target, coverage, { seed, announce: (bytes) => current.set(bytes) })
  const report = (isDone: boolean): void => {
    const { tried, kept, blocks, failures } = fuzzer
    const message: Report = { name, tried, kept, blocks, failures: isDone ? failures : [], isDone }
    process.send!(message)
  }
  while (fuzzer.tried < inputs && !fuzzer.isHopeless && performance.now() < deadline) {
    fuzzer.run(inputs - fuzzer.tried, Math.min(deadline, performance.now() + REPORT_EVERY_MS))
    report(false)
  }
  report(true)
})
process.on('disconnect', () => {
  current.close()
  process.exit()
})
process.send!('ready')
