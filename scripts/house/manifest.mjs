// What the published package promises: it brings nothing with it, runs nothing when it is installed, and says where it was built.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const file = 'packages/cqlwire/package.json'
/** Scripts that npm runs at whoever installs the package. */
const onInstall = ['preinstall', 'install', 'postinstall', 'prepare']

export function checkManifest(root) {
  if (!existsSync(join(root, file))) return []
  const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'))
  return problems(manifest).map((message) => ({ file, line: 1, rule: 'manifest', message }))
}

function problems(manifest) {
  const { dependencies, optionalDependencies, bundleDependencies, bundledDependencies, peerDependencies, peerDependenciesMeta } = manifest
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...bundleDependencies, ...bundledDependencies })
  const needed = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true)
  const scripts = onInstall.filter((name) => manifest.scripts?.[name] !== undefined)
  return [
    ...names.map((name) => `depends on ${name}: the driver has no runtime dependency. Do without it, or load it as an optional peer`),
    ...needed.map((name) => `has the peer ${name}, which is not optional: say so in peerDependenciesMeta`),
    ...scripts.map((name) => `has the script ${name}, which would run wherever the package is installed`),
    ...(manifest.publishConfig?.provenance === true ? [] : ['is published without provenance: publishConfig has to say so']),
    ...(Array.isArray(manifest.files) ? [] : ['has no list of files: everything in its folder would be published']),
  ]
}
