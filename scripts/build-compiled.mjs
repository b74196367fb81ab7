// `npm run build:compiled`: compiles packages/cqlwire/assembly (AssemblyScript) to WebAssembly, and writes the module into a source file of
// the driver, as text: nothing is read from a disk at run time, in whatever bundle. The result is committed, so that `tsc` alone builds the
// driver; set-up runs this with
// `--if-changed`. `--none` writes an empty module: a build without WebAssembly.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './setup.mjs'

const sources = 'packages/cqlwire/assembly'
export const compiledModule = 'packages/cqlwire/src/base/compiled-module.ts'

/** Whether the module in the sources of the driver was made from the present `assembly`, or left out on purpose. */
export function isCompiledModuleCurrent(top = root) {
  const [, madeFrom] = /Made from (\S+) by/.exec(readFileSync(join(top, compiledModule), 'utf8')) ?? []
  return madeFrom === 'nothing' || madeFrom === digest(top)
}

function digest(top) {
  const hash = createHash('sha256')
  for (const name of readdirSync(join(top, sources)).sort()) {
    if (name.endsWith('.ts')) hash.update(readFileSync(join(top, sources, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

export function buildCompiledModule({ none = false } = {}) {
  const module = none ? Buffer.alloc(0) : compile()
  const lines = module.toString('base64').match(/.{1,120}/g) ?? ['']
  const text = [
    `/** The WebAssembly module of \`assembly\`, in base64. Made from ${none ? 'nothing' : digest(root)} by scripts/build-compiled.mjs. */`,
    lines.length === 1 ? `export const COMPILED_MODULE: string = '${lines[0]}'` : 'export const COMPILED_MODULE: string =',
    ...(lines.length === 1 ? [] : [lines.map((line) => `  '${line}'`).join(' +\n')]),
    '',
  ].join('\n')
  writeFileSync(join(root, compiledModule), text)
  return module.length
}

function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-compiled-'))
  try {
    const file = join(folder, 'module.wasm')
    const asc = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js')
    const args = [asc, `${sources}/index.ts`, '-O3', '--runtime', 'stub', '--noAssert', '--initialMemory', '8', '-o', file]
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] })
    if (status !== 0) throw new Error('assembly does not compile: the errors are above')
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const none = process.argv.includes('--none')
  if (!process.argv.includes('--if-changed') || !isCompiledModuleCurrent()) {
    console.error(`${compiledModule}: a module of ${buildCompiledModule({ none })} bytes`)
  }
}
