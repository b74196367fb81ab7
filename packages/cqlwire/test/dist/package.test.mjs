// The package as its users get it: packed, installed in an empty project, imported, required, type-checked.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { packDriver } from '../../../../scripts/pack.mjs'
import { run, runTool } from '../../../../scripts/processes.mjs'
import { root } from '../../../../scripts/setup.mjs'

const manifest = JSON.parse(readFileSync(join(root, 'packages/cqlwire/package.json'), 'utf8'))
const project = mkdtempSync(join(tmpdir(), 'cqlwire-dist-'))
const installed = join(project, 'node_modules/cqlwire')
let packed

/** 'cqlwire', 'cqlwire/sync', …: what has types is an entry point, the rest (package.json) a file. */
const entryPoints = Object.entries(manifest.exports)
  .filter(([, target]) => target.types !== undefined)
  .map(([name]) => posix.join('cqlwire', name))

const inProject = (command, args) => run(command, args, { cwd: project, capture: true })

/** Writes a file of the consumer and runs it in a process of its own. */
async function runConsumer(name, text) {
  writeFileSync(join(project, name), text)
  const { code, output } = await inProject(process.execPath, [name])
  assert.equal(code, 0, output)
  return output
}

before(async () => {
  packed = await packDriver(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, type: 'module' }))
  const { code, output } = await inProject('npm', ['install', '--offline', '--no-audit', '--no-fund', '--omit=peer', packed.file])
  assert.equal(code, 0, `the tarball installs without a network, as it has no dependencies:\n${output}`)
})

after(() => rmSync(project, { recursive: true, force: true }))

describe('the tarball', () => {
  test('holds the build, its sources, the README and the licence, and nothing else', () => {
    const allowed = /^(dist\/.+\.(js|d\.ts|js\.map|d\.ts\.map)|src\/.+\.ts|package\.json|README\.md|CHANGELOG\.md|LICENSE|NOTICE)$/
    const paths = packed.entries.map(({ path }) => path)
    assert.deepEqual(
      paths.filter((path) => !allowed.test(path) || /(^|\/)test\/|\.test\./.test(path)),
      [],
    )
    assert.ok(paths.includes('LICENSE'))
  })

  test('is as small as a driver without dependencies should be', () => {
    assert.ok(packed.size < 1_500_000, `${packed.size} bytes packed`)
    assert.ok(packed.unpackedSize < 6_000_000, `${packed.unpackedSize} bytes unpacked`)
    assert.ok(packed.size > 10_000, `${packed.size} bytes packed: is it the whole package?`)
  })

  test('holds the source of every source map', () => {
    const maps = packed.entries.map(({ path }) => path).filter((path) => path.endsWith('.map'))
    assert.ok(maps.length > 0)
    for (const map of maps) {
      for (const source of JSON.parse(readFileSync(join(installed, map), 'utf8')).sources) {
        assert.ok(existsSync(join(installed, dirname(map), source)), `${map} points to ${source}, which is not in the package`)
      }
    }
  })

  test('holds no build of a source that is gone', () => {
    const orphans = packed.entries
      .map(({ path }) => path)
      .filter((path) => /^dist\/.+\.js$/.test(path))
      .filter((path) => !existsSync(join(installed, path.replace(/^dist/, 'src').replace(/\.js$/, '.ts'))))
    assert.deepEqual(orphans, [], 'run `npm run clean`')
  })

  test('brings no other package with it', () => {
    assert.deepEqual(Object.keys(manifest.dependencies ?? {}), [])
    const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
    assert.deepEqual(
      Object.keys(packages).filter((path) => path !== '' && !packages[path].peer && !packages[path].optional),
      ['node_modules/cqlwire'],
    )
  })
})

describe('every entry point', () => {
  for (const name of entryPoints) {
    test(`${name} is imported by ESM`, async () => {
      const output = await runConsumer('import.mjs', `import * as all from '${name}'\nconsole.log(JSON.stringify(Object.keys(all)))\n`)
      assert.notDeepEqual(JSON.parse(output), [], 'it exports nothing')
    })

    test(`${name} is required by CommonJS, with the same names`, async () => {
      const text = `const all = require('${name}')\nimport('${name}').then((esm) => {\n  const of = (o) => Object.keys(o).filter((n) => n !== 'module.exports').sort().join()\n  if (of(all) !== of(esm)) throw new Error(of(all) + ' is not ' + of(esm))\n})\n`
      await runConsumer('require.cjs', text)
    })
  }

  test('lets the process end after the import: no timer, no open handle', async () => {
    await runConsumer('ends.mjs', `${entryPoints.map((name) => `await import('${name}')`).join('\n')}\n`)
  })
})

describe('the types', () => {
  // The declarations of cqlwire/arrow want those of apache-arrow, an optional peer: the others must check without it.
  const consumer = entryPoints
    .filter((name) => name !== 'cqlwire/arrow')
    .map((name, index) => `import * as entry${index} from '${name}'\nexport const names${index}: string[] = Object.keys(entry${index})\n`)
    .join('')

  /** Type-checks one file as a user without `skipLibCheck` would: the declarations of the package are checked too. */
  async function typeCheck(file, compilerOptions) {
    const folder = join(project, file.replace('.', '-'))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, file), consumer)
    // The consumer has the same @types/node as this repository, in its own node_modules as npm would put it.
    for (const name of ['@types/node', 'undici-types']) {
      cpSync(join(root, 'node_modules', name), join(project, 'node_modules', name), { recursive: true })
    }
    const options = {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      lib: ['ES2023', 'ESNext.Disposable'],
      types: ['node'],
      ...compilerOptions,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [file] }))
    const { code, output } = await runTool('typescript/bin/tsc', ['-p', folder, '--pretty', 'false'], { capture: true })
    assert.equal(code, 0, output)
  }

  test('check in an ESM project with nodenext', () => typeCheck('esm.mts', { module: 'nodenext' }))

  test('check in a CommonJS project with nodenext', () => typeCheck('cjs.cts', { module: 'nodenext' }))

  test('check with the resolution of bundlers', () => typeCheck('bundled.ts', { module: 'esnext', moduleResolution: 'bundler' }))
})

describe('the linters of packages', () => {
  test('publint finds nothing', async () => {
    const { code, output } = await runTool('publint/src/cli.js', [packed.file, '--strict'], { capture: true })
    assert.equal(code, 0, output)
  })

  test('arethetypeswrong finds nothing for Node and bundlers', async () => {
    const { code, output } = await runTool('@arethetypeswrong/cli/dist/index.js', [packed.file, '--profile', 'esm-only', '--no-emoji'], {
      capture: true,
    })
    assert.equal(code, 0, output)
  })
})
