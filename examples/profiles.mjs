// Execution profiles: request defaults under a name, and profiles derived from them.
import assert from 'node:assert/strict'
import { Cluster, ExponentialBackoffRetryPolicy, PercentileSpeculativeExecutionPolicy, RetryBudget } from 'cqlwire'
import { options } from './connect.mjs'

const cluster = new Cluster({
  ...options,
  executionProfiles: {
    // Requests that name no profile have this one.
    default: { consistency: 'LOCAL_ONE', timeoutMs: 5_000 },
    // Look-ups of a web page: harmless to repeat, and a slow one is also sent to a second node.
    lookups: {
      idempotent: true,
      timeoutMs: 500,
      speculativeExecution: new PercentileSpeculativeExecutionPolicy({ percentile: 99 }),
    },
    // A nightly job has time: it waits longer between retries, which are a twentieth of its requests at most.
    reports: {
      timeoutMs: 120_000,
      pageSize: 1_000,
      rowFactory: 'array',
      idempotent: true,
      retry: new ExponentialBackoffRetryPolicy({ maxRetries: 6, budget: new RetryBudget({ ratio: 0.05 }) }),
    },
  },
})
const session = await cluster.connect()

const query = 'SELECT key, cluster_name FROM system.local'
const asObject = await session.execute(query, [], { executionProfile: 'lookups' })
console.log(asObject.one().cluster_name)
const asArray = await session.execute(query, [], { executionProfile: 'reports' })
console.log(asArray.one()[1])

// Profiles are frozen; a derived one differs in what it names.
const strict = cluster.profile('reports').with({ consistency: 'LOCAL_QUORUM' })
assert.equal(strict.timeoutMs, 120_000)
const checked = await session.execute(query, [], { executionProfile: strict })
console.log(checked.info.achievedConsistency)

// It may be given a name later on.
cluster.addExecutionProfile('strict-reports', strict)
console.log([...cluster.profiles.keys()].join(', '))

// A name that isn't there is an error before anything is sent.
await assert.rejects(session.execute(query, [], { executionProfile: 'report' }), /did you mean "reports"/)

await cluster.shutdown()
