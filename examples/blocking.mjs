// Blocking calls, for scripts: each returns when the answer is there, and no promise is needed.
import { BlockingSession } from 'cqlwire/sync'
import { options } from './connect.mjs'

using(BlockingSession.connect(options), (session) => {
  const { rows } = session.execute('SELECT cluster_name, release_version FROM system.local')
  console.log(`${rows[0].cluster_name}, Cassandra ${rows[0].release_version}`)
})

// With TypeScript, or a runtime that has it:  using session = BlockingSession.connect(options)
function using(session, body) {
  try {
    body(session)
  } finally {
    session.shutdown()
  }
}
