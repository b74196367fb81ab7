/** Names and literals as CQL text, and statements put together from them (CQL grammar, "Identifiers and keywords", "Constants"). */

/** Words that can't stand as a name without quotes: found out by asking Cassandra 5.0, and those that its releases since 3.0 list besides. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop entries execute from ' +
    'full grant if in index infinity insert into is keyspace limit materialized mbean mbeans modify nan norecursive not null of on or ' +
    'order primary rename replace revoke schema select set table to token truncate unlogged unset update use using view where with'
  ).split(' '),
)

const PLAIN_NAME = /^[a-z][a-z0-9_]*$/

/** Whether a name can stand in CQL as it is: lower case, and no reserved word. */
function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name) && !RESERVED.has(name)
}

/** A name as CQL wants it, in quotes only where it needs them: `people`, `"People"`, `"table"`. */
export function cqlName(name: string): string {
  return isPlainName(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** `keyspace.name`. */
export function qualifiedName(keyspace: string, name: string): string {
  return `${cqlName(keyspace)}.${cqlName(name)}`
}

/** A text as a literal: `'it''s'`. */
export function cqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A map of texts as a literal, sorted by key: `{'class': 'x', 'size': '3'}`. */
export function cqlTextMap(entries: Iterable<readonly [string, string]>): string {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${sorted.map(([key, value]) => `${cqlText(key)}: ${cqlText(value)}`).join(', ')}}`
}

/** The body of a function. */
export function cqlBody(body: string): string {
  return body.includes('$$') || body.endsWith('$') ? cqlText(body) : `$$${body}$$`
}

/** How the parts of a statement are set apart. */
export interface Layout {
  /** Between clauses, and before each item of a list in parentheses. */
  readonly line: string
  /** Before the parenthesis that closes a list. */
  readonly end: string
  /** Between the list of columns and what follows a comma in it. */
  readonly open: string
}

const ONE_LINE: Layout = { line: ' ', end: '', open: '' }
const LINES: Layout = { line: '\n    ', end: '\n', open: '\n    ' }

/** One line, or a line for each clause, as `DESCRIBE` shows it. */
export function layoutOf(formatted: boolean): Layout {
  return formatted ? LINES : ONE_LINE
}

/** `(a, b)`, or an item a line. */
export function parenthesized(items: readonly string[], layout: Layout): string {
  return `(${layout.open}${items.join(`,${layout.line}`)}${layout.end})`
}
