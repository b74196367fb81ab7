// The layers of the driver: a file imports only from its own folder or from one of a lower rank, type imports included.
import { posix } from 'node:path'

const ranks = new Map(
  ['base', 'values', 'wire', 'codec', 'protocol', 'connection', 'pool', 'metadata', 'policies', 'cluster', 'session', 'transfer'].map(
    (name, rank) => [name, rank],
  ),
)

/** Folders that stand on the driver, never on each other; `on`: the layers that one is held to. */
const satellites = new Map([
  ['concurrent', {}],
  ['parallel', {}],
  ['sync', {}],
  ['load', {}],
  ['embedded', { on: ['base'] }],
  ['testing', {}],
  ['otel', {}],
  ['arrow', {}],
])

const driver = 'packages/cqlwire/src/'
const howToChange = 'a new folder gets its rank in scripts/house/layers.mjs and its line in docs/architecture.md'

export function checkLayers(files, { optionalPeers }) {
  return files
    .filter((file) => file.path.startsWith(driver))
    .flatMap((file) => {
      const folder = folderOf(file.path)
      if (folder !== '' && !ranks.has(folder) && !satellites.has(folder)) {
        return [{ file: file.path, line: 1, rule: 'layers', message: `the folder ${folder}/ is no layer: ${howToChange}` }]
      }
      return file.imports
        .map((entry) => ({
          entry,
          message: entry.target === undefined ? packageProblem(entry, optionalPeers) : fileProblem(folder, entry.target),
        }))
        .filter(({ message }) => message !== undefined)
        .map(({ entry, message }) => ({ file: file.path, line: entry.line, rule: 'layers', message }))
    })
}

/** The first folder below src, '' for the files beside index.ts. */
function folderOf(path) {
  const below = path.slice(driver.length)
  return below.includes('/') ? below.slice(0, below.indexOf('/')) : ''
}

function packageProblem({ from, kind }, optionalPeers) {
  if (from.startsWith('node:')) return undefined
  if (!optionalPeers.includes(from)) return `imports the package ${from}: the driver has no runtime dependency`
  return kind === 'static'
    ? `imports ${from} at load time: it is an optional peer, load it where it is asked for (await import)`
    : undefined
}

function fileProblem(folder, target) {
  if (!target.startsWith(driver)) return `imports ${target}, outside of src`
  const other = folderOf(target)
  if (other === folder) return undefined
  if (folder === '') return undefined
  return satellites.has(folder) ? satelliteProblem(folder, other) : layerProblem(folder, other, posix.basename(target))
}

function satelliteProblem(folder, other) {
  const { on } = satellites.get(folder)
  if (on !== undefined && !on.includes(other)) return `${folder} imports ${other || 'the public list'}: it stands on ${on.join(', ')} alone`
  if (satellites.has(other)) return `${folder} imports ${other}: satellites never stand on each other, move what both need into a layer`
  return undefined
}

function layerProblem(folder, other, name) {
  if (other === '') return `${folder} imports ${name}: the public list stands above every layer, import the file that has the name`
  if (satellites.has(other)) return `${folder} imports ${other}: nothing but index.ts stands on a satellite`
  if (ranks.get(other) < ranks.get(folder)) return undefined
  return `${folder} (rank ${ranks.get(folder)}) imports ${other} (rank ${ranks.get(other)}): declare what it needs in ${folder} or below, and let ${other} hand it down`
}
