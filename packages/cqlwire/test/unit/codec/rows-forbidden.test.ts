import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { it } from 'node:test'
import { programFile } from '../../support/program-file.js'

const source = (path: string): string => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)

const PROGRAM = `
import { compileBind } from ${source('codec/bind.js')}
import { compileColumns } from ${source('codec/columns.js')}
import { createCodecRegistry } from ${source('codec/registry.js')}
import { RowCursor } from ${source('codec/rows-cursor.js')}
import { compileRows } from ${source('codec/rows.js')}
import { byteBlock } from ${source('wire/byte-block.js')}
import { ByteWriter } from ${source('wire/byte-writer.js')}

const registry = createCodecRegistry()
const columns = [{ name: 'id', type: { kind: 'int' } }, { name: 'name', type: { kind: 'text' } }]
const bind = compileBind(columns, registry, { protocolVersion: 4 })
const writer = new ByteWriter()
bind.write(writer, [7, 'Zug'])
const cursor = () => new RowCursor(byteBlock(writer.toBuffer()), 2, writer.position)
const rows = compileRows(columns, registry, { rowFactory: 'object' })
const scan = compileColumns(columns, registry)
const decoded = scan.decode(cursor(), 1)
console.log(JSON.stringify({
  generated: [bind.generated, rows.generated, scan.generated],
  row: rows.row(cursor()),
  columns: [[...decoded.id], [...decoded.name]],
}))
`

function run(...flags: string[]): unknown {
  const output = execFileSync(process.execPath, [...flags, programFile(PROGRAM)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output)
}

it('closures take over where the runtime forbids generated code, with the same results', () => {
  const results = { row: { id: 7, name: 'Zug' }, columns: [[7], ['Zug']] }
  assert.deepEqual(run(), { generated: [true, true, true], ...results })
  assert.deepEqual(run('--disallow-code-generation-from-strings'), { generated: [false, false, false], ...results })
})
