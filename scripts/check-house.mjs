// The rules of the house that a machine can check (docs/architecture.md has the reasons): `npm run check:house`.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compiledModule, isCompiledModuleCurrent } from './build-compiled.mjs'
import { checkCommittedText } from './house/committed-text.mjs'
import { checkCycles } from './house/cycles.mjs'
import { checkLengths, checkMirrors, checkNames, checkSyntax } from './house/files.mjs'
import { checkLayers } from './house/layers.mjs'
import { checkLockFile } from './house/lock-file.mjs'
import { checkManifest } from './house/manifest.mjs'
import { checkReadmeExamples } from './house/readme-examples.mjs'
import { readSourceTree } from './house/source-tree.mjs'
import { root as repository } from './setup.mjs'

/** All findings below `root`, as { file, line, rule, message }, sorted by file and line. */
export function checkHouse(root) {
  const files = readSourceTree(root)
  const { peerDependencies = {} } = JSON.parse(readFileSync(join(root, 'packages/cqlwire/package.json'), 'utf8'))
  const findings = [
    ...checkLayers(files, { optionalPeers: Object.keys(peerDependencies) }),
    ...checkCycles(files),
    ...checkLengths(files),
    ...checkNames(files),
    ...checkSyntax(files),
    ...checkMirrors(files, root),
    ...checkReadmeExamples(root),
    ...checkLockFile(root),
    ...checkManifest(root),
    ...checkCommittedText(root),
    ...checkCompiledModule(root),
  ]
  return findings.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}

function checkCompiledModule(root) {
  if (!existsSync(join(root, compiledModule)) || isCompiledModuleCurrent(root)) return []
  return [{ file: compiledModule, line: 1, rule: 'compiled', message: 'assembly has changed since: npm run build:compiled' }]
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const findings = checkHouse(repository)
  for (const { file, line, rule, message } of findings) console.log(`${file}:${line}  ${rule}: ${message}`)
  console.log(findings.length === 0 ? 'The house is in order.' : `${findings.length} findings.`)
  process.exitCode = findings.length === 0 ? 0 : 1
}
