// The public face of the driver as text, from the declarations that the build wrote: `npm run api:update` writes
// packages/cqlwire/api-report.md, `npm run api:check` fails where the build no longer says what the file says.
// So a change of the face is a line in the diff that a reviewer reads, never a surprise.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, posix, relative } from 'node:path'
import ts from 'typescript'
import { root } from './setup.mjs'

const driver = join(root, 'packages/cqlwire')
const reportFile = join(driver, 'api-report.md')
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })

/** [name, declaration file] of every entry point in package.json whose source is written. */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(driver, 'package.json'), 'utf8'))
  return Object.entries(exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([name, target]) => ({ name: posix.join('cqlwire', name), file: join(driver, target.types) }))
    .filter(({ file }) => existsSync(file.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts')))
}

function makeReport(entries) {
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      skipLibCheck: true,
    },
  )
  const checker = program.getTypeChecker()
  const homes = new Map() // symbol → the entry point that has it first
  const sections = entries.map(({ name, file }) => {
    const source = program.getSourceFile(file)
    if (source === undefined) throw new Error(`${relative(root, file)} is not built: npm run build`)
    const lines = exportsOf(checker, source).map(({ exported, symbol }) => {
      const home = homes.get(symbol)
      if (home !== undefined) return `export { ${exported} } from '${home}'`
      homes.set(symbol, name)
      return exported === symbol.name ? textOf(symbol) : `// as ${exported}\n${textOf(symbol)}`
    })
    return section(name, lines)
  })
  const hidden = reachable(checker, homes)
  const intro = 'Made by `npm run api:update` from the declarations of the build; `npm run api:check` compares. Not written by hand.'
  const parts = [`# The public face of cqlwire\n\n${intro}\n`, ...sections]
  if (hidden.length > 0) parts.push(section('Reachable through the above, not exported by name', hidden.map(textOf)))
  return parts.join('\n')
}

const section = (title, lines) => `## ${title}\n\n\`\`\`ts\n${lines.join('\n\n')}\n\`\`\`\n`

function exportsOf(checker, source) {
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(source))
    .map((entry) => ({ exported: entry.name, symbol: resolved(checker, entry) }))
    .sort((a, b) => (a.exported < b.exported ? -1 : 1))
}

const resolved = (checker, symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)

/** What the exported declarations speak of and no entry point exports: a change there is seen by users too. */
function reachable(checker, homes) {
  const found = new Set()
  const visit = (node) => {
    if (ts.isIdentifier(node)) add(node)
    ts.forEachChild(node, (child) => (isPrivate(child) ? undefined : visit(child)))
  }
  const add = (identifier) => {
    const symbol = checker.getSymbolAtLocation(identifier)
    const target = symbol === undefined ? undefined : resolved(checker, symbol)
    if (target === undefined || homes.has(target) || found.has(target) || !isOwnDeclaration(target)) return
    found.add(target)
    target.declarations.forEach(visit)
  }
  for (const symbol of homes.keys()) if (isOwnDeclaration(symbol)) symbol.declarations.forEach(visit)
  return [...found].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** True for what stands at the top of a declaration file of this package: no parameter, no member, nothing of Node's. */
function isOwnDeclaration(symbol) {
  return (symbol.declarations ?? []).some((node) => {
    const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node
    return ts.isSourceFile(statement.parent ?? node) && statement.getSourceFile().fileName.startsWith(posix.join(driver, 'dist'))
  })
}

function textOf(symbol) {
  return symbol.declarations
    .map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node))
    .map((node) => printer.printNode(ts.EmitHint.Unspecified, withoutPrivate(node), node.getSourceFile()))
    .join('\n')
}

/** Members that users can't reach are no part of the face. */
function withoutPrivate(node) {
  if (!ts.isClassDeclaration(node)) return node
  const members = node.members.filter((member) => !isPrivate(member))
  return ts.factory.updateClassDeclaration(node, node.modifiers, node.name, node.typeParameters, node.heritageClauses, members)
}

function isPrivate(node) {
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.PrivateKeyword)
}

function check(written, report) {
  if (written === '') {
    console.log('There is no packages/cqlwire/api-report.md: npm run api:update, and commit the file.')
    process.exitCode = 1
    return
  }
  if (written === report) return console.log('The public face is what api-report.md says.')
  const [before, now] = [written.split('\n'), report.split('\n')]
  const only = (lines, others) => lines.filter((line) => line.trim() !== '' && !others.includes(line))
  for (const line of only(before, now)) console.log(`- ${line}`)
  for (const line of only(now, before)) console.log(`+ ${line}`)
  console.log('\nThe public face is not what packages/cqlwire/api-report.md says. Meant so? Then: npm run api:update, and commit the file.')
  process.exitCode = 1
}

const report = makeReport(entryPoints())
if (process.argv.includes('--update')) {
  writeFileSync(reportFile, report)
  console.log(`wrote ${relative(root, reportFile)}`)
} else {
  check(existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : '', report)
}
