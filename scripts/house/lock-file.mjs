// The lock file must have an entry for every dependency it speaks of, optional ones of other platforms too. npm writes it
// without a word when a registry lacks one of them, and `npm ci` then refuses it on every machine.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export function checkLockFile(root) {
  const file = 'package-lock.json'
  if (!existsSync(join(root, file))) return []
  const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'))
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isFound(packages, path, name))
      .map((name) => ({
        file,
        line: 1,
        rule: 'lock',
        message: `${path} depends on ${name}, which has no entry: take a version whose dependencies the registry has, and run npm install again`,
      })),
  )
}

/** Looks for a package as Node does: in the node_modules of the folder, then of each folder above it. */
function isFound(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined) return true
    if (folder === '') return false
  }
}
