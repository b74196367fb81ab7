/** `cqlwire/testing`: an in-process CQL server that answers as told, with faults, for fault tests and for users' unit tests. */
export { FakeCluster } from './fake-cluster.js'
export type { FakeClusterOptions } from './fake-cluster.js'
export type { FakeNode } from './fake-node.js'
export type { FakeRequest, RequestName } from './fake-request.js'
export { reply } from './reply.js'
export type { FaultName, Reply, ReplyExtras, ReplyMaker, RowsOptions, RowsReply } from './reply.js'
export type { Condition, Reaction, Rule, RuleOptions } from './rules.js'
