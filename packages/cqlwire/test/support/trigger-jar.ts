import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDirectory } from '../../src/embedded/cache-directory.js'
import { resolveJars } from '../../src/embedded/maven.js'

const run = promisify(execFile)

/** With each change of a row it writes, besides, `[key, 'seen']` into `audit`, a table of the same keyspace with the key `k` and the column `v`. */
const SOURCE = `
package org.example;

import java.util.Collection;
import java.util.Collections;
import org.apache.cassandra.db.Mutation;
import org.apache.cassandra.db.partitions.Partition;
import org.apache.cassandra.db.partitions.PartitionUpdate;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.triggers.ITrigger;

public class Audit implements ITrigger {
  public Collection<Mutation> augment(Partition update) {
    PartitionUpdate.SimpleBuilder audit =
      PartitionUpdate.simpleBuilder(Schema.instance.getTableMetadata(update.metadata().keyspace, "audit"), update.partitionKey().getKey());
    audit.row().add("v", "seen");
    return Collections.singletonList(audit.buildAsMutation());
  }
}
`

/** Compiles the trigger `org.example.Audit` with the JDK's own tools against Cassandra's jars; resolves with the folder that has its jar. */
export async function makeTriggerJar(directory: string, version: string): Promise<string> {
  const jars = await resolveJars({ version, cache: cacheDirectory(), onProgress: () => {} })
  const source = join(directory, 'Audit.java')
  const triggers = join(directory, 'triggers')
  await mkdir(triggers, { recursive: true })
  await writeFile(source, SOURCE)
  await run('javac', ['-proc:none', '-cp', jars.join(':'), '-d', join(directory, 'classes'), source])
  await run('jar', ['cf', join(triggers, 'audit.jar'), '-C', join(directory, 'classes'), 'org'])
  return triggers
}
