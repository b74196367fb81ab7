/** Every decoder that reads what comes from a server, from a client (the fake cluster is one's server), or from an application's users. */
import type { FuzzTarget } from '../target.js'
import { frameTargets } from './frame-targets.js'
import { messageTargets } from './message-targets.js'
import { proportionTargets } from './proportion-targets.js'
import { rowTargets } from './row-targets.js'
import { schemaTargets } from './schema-targets.js'
import { valueTargets } from './value-targets.js'

export const targets: readonly FuzzTarget[] = [
  ...frameTargets,
  ...messageTargets,
  ...rowTargets,
  ...valueTargets,
  ...proportionTargets,
  ...schemaTargets,
]
