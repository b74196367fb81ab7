/** Where lines about the start go, unless the caller wants them. */
export function defaultProgress(): (line: string) => void {
  if (process.env['CQLWIRE_PROGRESS'] !== '1' && !process.stderr.isTTY) return () => {}
  return (line) => void process.stderr.write(`cassandra: ${line}\n`)
}
