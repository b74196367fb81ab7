import type { Cluster, Session } from '../../src/index.js'

/** The statements that the driver exports for a keyspace, read anew. */
export async function exportedSchema(cluster: Cluster, keyspace: string): Promise<string[]> {
  await cluster.refreshKeyspace(keyspace)
  return cluster.metadata.getKeyspace(keyspace)!.exportStatements()
}

/** What the server itself says, by DESCRIBE, in the form of {@link comparable}, sorted. */
export async function describedSchema(session: Session, keyspace: string): Promise<string[]> {
  const statements: string[] = []
  for await (const row of await session.execute(`DESCRIBE KEYSPACE ${keyspace}`))
    statements.push(comparable(String(row['create_statement'])))
  return statements.sort()
}

/** White space doesn't count between words, nor does what a node knows but doesn't write into its schema tables: cdc where it has it off. */
export function comparable(statement: string): string {
  return statement
    .replace(/\n {4}AND cdc = false/, '')
    .replace(/\s+/g, ' ')
    .replace(/ \)/g, ')')
}
