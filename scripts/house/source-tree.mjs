// Reads the code of the repository once for all rules: paths from the root, text, what each file imports.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

const places = ['packages', 'benchmarks', 'examples', 'scripts']
const skipped = ['node_modules', 'build', 'coverage', '.cache']

/**
 * @returns {{ path: string, text: string, imports: Import[], source: ts.SourceFile }[]} every .ts, .mjs, .cjs and .js file
 * @typedef {{ from: string, line: number, kind: 'static' | 'type' | 'dynamic', target: string | undefined }} Import
 * `target` is the path of the imported file from the root, where it is one of the repository.
 */
export function readSourceTree(root) {
  return places.filter((place) => existsSync(join(root, place))).flatMap((place) => readFolder(root, place))
}

function readFolder(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    // `dist` is what a build made, but for the tests of the packed package, which are of that name.
    if (skipped.includes(entry.name) || (entry.name === 'dist' && !folder.endsWith('/test'))) return []
    if (entry.isDirectory()) return readFolder(root, path)
    return /\.(ts|mjs|cjs|js)$/.test(entry.name) ? [readFile(root, path)] : []
  })
}

function readFile(root, path) {
  const text = readFileSync(join(root, path), 'utf8')
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return { path, text, source, imports: importsOf(source, path, root) }
}

function importsOf(source, path, root) {
  const found = []
  const add = (specifier, kind) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const line = source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1
    found.push({ from: specifier.text, line, kind, target: targetOf(specifier.text, path, root) })
  }
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node) ? 'type' : 'static')
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static')
    else if (ts.isImportTypeNode(node)) add(node.argument.literal, 'type')
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], 'dynamic')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const isTypeImport = (node) => node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword

/** `./reader.js` in a TypeScript file names `./reader.ts`. */
function targetOf(specifier, path, root) {
  if (!specifier.startsWith('.')) return undefined
  const written = posix.join(posix.dirname(path), specifier)
  const typescript = written.replace(/\.(m|c)?js$/, '.$1ts')
  return existsSync(join(root, typescript)) ? typescript : written
}
