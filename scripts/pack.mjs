// `npm run pack`: the tarball that is published, `cqlwire-<version>.tgz`, in the root. The package's folder has neither
// the README nor the licence of the repository: they are put beside it here, in a copy.
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from './processes.mjs'
import { root, setUpOrExit } from './setup.mjs'

/** Packs the built driver into `destination`. Returns `{ file, entries: [{ path, size }], size, unpackedSize }`, sizes in bytes. */
export async function packDriver(destination) {
  const stage = mkdtempSync(join(tmpdir(), 'cqlwire-pack-'))
  try {
    for (const name of ['package.json', 'dist', 'src']) cpSync(join(root, 'packages/cqlwire', name), join(stage, name), { recursive: true })
    for (const name of ['README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md']) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(stage, name))
    }
    const { code, output } = await run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', destination], {
      cwd: stage,
      capture: true,
    })
    if (code !== 0) throw new Error(`npm pack failed:\n${output}`)
    const parsed = JSON.parse(output.slice(output.search(/^[[{]/m)))
    const report = Array.isArray(parsed) ? parsed[0] : parsed
    return { file: join(destination, report.filename), entries: report.files, size: report.size, unpackedSize: report.unpackedSize }
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUpOrExit({ projects: ['packages/cqlwire'] })
  const { file, entries, size } = await packDriver(resolve(process.argv[2] ?? root))
  console.log(`${file}: ${entries.length} files, ${Math.round(size / 1024)} KiB`)
}
