// The work of a session over two processes: each has its own connections and its own core.
import { ParallelSession } from 'cqlwire/parallel'
import { options } from './connect.mjs'

const parallel = await ParallelSession.connect(options, { processes: 2 })
try {
  await parallel.execute("CREATE KEYSPACE IF NOT EXISTS examples WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
  await parallel.setKeyspace('examples')
  await parallel.execute('CREATE TABLE IF NOT EXISTS readings (sensor int, n int, value double, PRIMARY KEY (sensor, n))')
  await write()
  await sum()
} finally {
  await parallel.shutdown()
}

async function write() {
  function* readings() {
    for (let n = 0; n < 10_000; n++) yield [n % 10, n, Math.sin(n)]
  }
  const insert = 'INSERT INTO readings (sensor, n, value) VALUES (?, ?, ?)'
  let written = 0
  for await (const { success, index, error } of parallel.executeConcurrentWithArgs(insert, readings(), {
    concurrency: 100,
    idempotent: true,
  })) {
    if (success) written++
    else console.error(`reading ${index}: ${error.message}`)
  }
  console.log(`${written} written`)
}

async function sum() {
  // Each worker loads the module once, and calls the function with its own session and one item after the other.
  const sensors = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  const module = new URL('./parallel-sum.mjs', import.meta.url)
  for (const { index, result } of await parallel.map(module, sensors)) console.log(`sensor ${index}: ${result.count} readings`)
}
