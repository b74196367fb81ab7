import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { checkHouse } from '../check-house.mjs'
import { checkCommittedText } from '../house/committed-text.mjs'

const driver = 'packages/cqlwire'

const manifest = {
  peerDependencies: { snappy: '1' },
  peerDependenciesMeta: { snappy: { optional: true } },
  publishConfig: { provenance: true },
  files: ['dist'],
}

/** A tree of files, path → text, on disk for the time of one check. The paths of code are those below packages/cqlwire. */
function inTree(files, check) {
  const root = mkdtempSync(join(tmpdir(), 'cqlwire-house-'))
  try {
    const all = { 'package.json': JSON.stringify(manifest), ...files }
    for (const [path, text] of Object.entries(all)) {
      const file = path.startsWith('/') ? join(root, path) : join(root, driver, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    return check(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** The findings as `file:line rule`, without the folder of the driver. */
const findings = (files) =>
  inTree(files, (root) => checkHouse(root).map(({ file, line, rule }) => `${file.replace(`${driver}/`, '')}:${line} ${rule}`))

const messages = (files) => inTree(files, (root) => checkHouse(root).map(({ message }) => message))

describe('the manifest of the driver', () => {
  const found = (change) => messages({ 'package.json': JSON.stringify({ ...manifest, ...change }) })

  test('may not depend on anything that is installed with it', () => {
    assert.deepEqual(found({}), [])
    assert.match(found({ dependencies: { 'left-pad': '1' } }).join(), /depends on left-pad: the driver has no runtime dependency/)
    assert.match(found({ optionalDependencies: { snappy: '1' } }).join(), /depends on snappy/)
    assert.match(found({ peerDependenciesMeta: {} }).join(), /the peer snappy, which is not optional/)
  })

  test('runs nothing when it is installed, and is published with provenance and a list of files', () => {
    assert.match(found({ scripts: { postinstall: 'node x.js' } }).join(), /has the script postinstall/)
    assert.match(found({ publishConfig: {} }).join(), /without provenance/)
    assert.match(found({ files: undefined }).join(), /no list of files/)
  })
})

describe('layers', () => {
  test('lets a file import its own folder and lower ranks, and index.ts everything', () => {
    const files = {
      'src/wire/reader.ts': "import { A } from '../base/errors.js'\nimport './writer.js'\nimport 'node:fs'\n",
      'src/wire/writer.ts': '',
      'src/base/errors.ts': '',
      'src/sync/session.ts': "import type { R } from '../index.js'\nimport '../wire/reader.js'\n",
      'src/concurrent/execute.ts': "import '../wire/reader.js'\n",
      'src/index.ts': "export { execute } from './concurrent/execute.js'\n",
    }
    assert.deepEqual(findings(files), [])
  })

  test('finds an import of a higher rank, also where only a type is imported', () => {
    const files = {
      'src/wire/reader.ts': "import type { T } from '../codec/type.js'\n",
      'src/wire/lazy.ts': "type T = import('../codec/type.js').T\n",
      'src/codec/type.ts': '',
    }
    assert.deepEqual(findings(files), ['src/wire/lazy.ts:1 layers', 'src/wire/reader.ts:1 layers'])
    assert.match(messages(files)[0], /wire \(rank 2\) imports codec \(rank 3\)/)
  })

  test('finds a layer that stands on the public list or on a satellite', () => {
    const files = {
      'src/session/a.ts': "import '../index.js'\n",
      'src/session/b.ts': "export * from '../testing/fake.js'\n",
      'src/index.ts': '',
      'src/testing/fake.ts': '',
    }
    assert.deepEqual(findings(files), ['src/session/a.ts:1 layers', 'src/session/b.ts:1 layers'])
  })

  test('finds a satellite on a satellite, and embedded on more than base', () => {
    const files = {
      'src/sync/a.ts': "import '../testing/fake.js'\n",
      'src/testing/fake.ts': '',
      'src/embedded/b.ts': "import '../wire/reader.js'\n",
      'src/wire/reader.ts': '',
    }
    assert.deepEqual(findings(files), ['src/embedded/b.ts:1 layers', 'src/sync/a.ts:1 layers'])
  })

  test('finds a package, and lets an optional peer in where it is loaded when asked for', () => {
    const files = {
      'src/protocol/a.ts': "import _ from 'lodash'\n",
      'src/protocol/b.ts': "import 'snappy'\n",
      'src/protocol/c.ts': "export const load = () => import('snappy')\nexport type S = typeof import('snappy')\n",
    }
    assert.deepEqual(findings(files), ['src/protocol/a.ts:1 layers', 'src/protocol/b.ts:1 layers'])
  })

  test('finds a folder without a rank', () => {
    assert.deepEqual(findings({ 'src/extras/a.ts': '' }), ['src/extras/a.ts:1 layers'])
  })
})

describe('cycles', () => {
  test('finds a cycle of type imports and shows its way', () => {
    const files = {
      'src/pool/a.ts': "import type { B } from './b.js'\n",
      'src/pool/b.ts': "import type { C } from './c.js'\n",
      'src/pool/c.ts': "\nimport type { A } from './a.js'\n",
    }
    assert.deepEqual(findings(files), ['src/pool/c.ts:2 cycles'])
    assert.match(messages(files)[0], /a\.ts → .*b\.ts → .*c\.ts → .*a\.ts/)
  })

  test('takes two ways to the same file for no cycle', () => {
    const files = { 'src/pool/a.ts': "import './b.js'\nimport './c.js'\n", 'src/pool/b.ts': "import './c.js'\n", 'src/pool/c.ts': '' }
    assert.deepEqual(findings(files), [])
  })
})

describe('files', () => {
  test('lets a source have 400 lines and a test 600', () => {
    const files = {
      'src/wire/fits.ts': '//\n'.repeat(400),
      'src/wire/long.ts': '//\n'.repeat(401),
      'test/unit/wire/fits.test.ts': '//\n'.repeat(600),
      'test/unit/wire/long.test.ts': '//\n'.repeat(601),
    }
    assert.deepEqual(findings(files), ['src/wire/long.ts:401 length', 'test/unit/wire/long.test.ts:601 length'])
  })

  test('wants kebab-case, and names that say something', () => {
    const files = { 'src/wire/ByteReader.ts': '', 'src/wire/byte_writer.ts': '', 'src/wire/utils.ts': '', 'src/wire/byte-block.ts': '' }
    assert.deepEqual(findings(files), ['src/wire/ByteReader.ts:1 names', 'src/wire/byte_writer.ts:1 names', 'src/wire/utils.ts:1 names'])
  })

  test('finds an enum and both forms of a default export', () => {
    const files = {
      'src/wire/a.ts': '\nexport enum Color { red }\n',
      'src/wire/b.ts': 'export default class B {}\n',
      'src/wire/c.ts': 'const c = 1\nexport default c\n',
      'src/wire/d.ts': 'export const d = { default: 1 }\n',
    }
    assert.deepEqual(findings(files), ['src/wire/a.ts:2 syntax', 'src/wire/b.ts:1 syntax', 'src/wire/c.ts:2 syntax'])
  })

  test('wants a source for every unit test', () => {
    const files = {
      'src/wire/reader.ts': '',
      'src/wire/writer.ts': '',
      'test/unit/wire/reader.test.ts': '',
      'test/unit/wire/reader-limits.test.ts': '',
      'test/unit/wire/read.test.ts': "import '../../../src/wire/reader.js'\n",
      'test/unit/wire/both.test.ts': "import '../../../src/wire/reader.js'\nimport '../../../src/wire/writer.js'\n",
      'test/unit/codec/reader.test.ts': '',
      'test/unit/wire/samples.ts': '',
    }
    assert.deepEqual(findings(files), ['test/unit/codec/reader.test.ts:1 mirrors', 'test/unit/wire/read.test.ts:1 mirrors'])
  })
})

describe('texts', () => {
  test('wants the code of a page word for word in its example', () => {
    const files = {
      '/examples/first.ts': 'function main() {\n  const a = 1\n  return a\n}\n',
      '/README.md':
        'x\n<!-- examples/first.ts -->\n```ts\nconst a = 1\nreturn a\n```\n\n<!-- examples/first.ts -->\n```ts\nconst b = 1\n```\n',
    }
    assert.deepEqual(findings(files), ['README.md:8 examples'])
  })

  test('wants an entry in the lock file for every dependency, looked up as Node does', () => {
    const packages = {
      '': { dependencies: { a: '1' } },
      'node_modules/a': { dependencies: { b: '1' }, optionalDependencies: { '@c/other-platform': '1' } },
      'node_modules/a/node_modules/b': { dependencies: { a: '1' } },
    }
    assert.deepEqual(findings({ '/package-lock.json': JSON.stringify({ packages }) }), ['package-lock.json:1 lock'])
  })

  test('finds the host of a registry, a download address, and a folder of a machine', () => {
    const host = ['registry', 'npmjs', 'org'].join('.')
    const files = {
      'a.md': `one\nhttps://${host}/x\n`,
      'package-lock.json': '"resolved": "https://elsewhere.example/x.tgz"\n"resolved": "packages/cli"\n',
      'b.ts': `// ${['', 'work', 'main'].join('/')}/x\n`,
      'c.md': 'See https://www.npmjs.com/package/snappy.\n',
    }
    const found = inTree(files, (root) =>
      checkCommittedText(
        root,
        Object.keys(files).map((path) => `${driver}/${path}`),
      ),
    )
    assert.deepEqual(
      found.map(({ file, line }) => `${file.replace(`${driver}/`, '')}:${line}`),
      ['a.md:2', 'package-lock.json:1', 'b.ts:1'],
    )
  })
})
