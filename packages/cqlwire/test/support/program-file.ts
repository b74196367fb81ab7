import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A program in a file of its own, to be run by `process.execPath`: runtimes agree on how to run a file, and not on `--eval`.
 * The folder goes when this process does.
 */
export function programFile(code: string, kind: 'mjs' | 'cjs' = 'mjs'): string {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-program-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, `program.${kind}`)
  writeFileSync(file, code)
  return file
}
