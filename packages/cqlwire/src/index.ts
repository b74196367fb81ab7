/** cqlwire: a driver for Apache Cassandra and everything else that speaks CQL. The public list, by name. */
export { Cluster, type ClusterMetrics } from './session/cluster.js'
export type { UserTypeClass } from './session/user-type-class.js'
export type { ClusterOptions, Credentials, MetadataOptions, NumberOptions, PoolOptions, PreparedOptions } from './cluster/options.js'
export type { ExecutionProfileOptions } from './cluster/request-defaults.js'
export { ExecutionProfile } from './session/execution-profile.js'
export type { Logger } from './cluster/logger.js'
export { Session } from './session/session.js'
export type { SessionMetrics, SessionOptions } from './session/session.js'
export { ResultSet } from './session/result-set.js'
export type { DefaultRow, ExecutionInfo } from './session/result-set.js'
export { ResponseFuture } from './session/response-future.js'
export type { CallbackOptions } from './session/response-future.js'
export { BoundStatement, PreparedStatement } from './session/prepared-statement.js'
export { BatchStatement, SimpleStatement } from './session/statements.js'
export type { BatchItem, BatchKind, Parameters, Statement } from './session/statements.js'
export type { RequestOptions, RowFactory } from './session/request-options.js'
export type { QueryTrace, TraceEvent } from './session/query-trace.js'

export { executeConcurrent, executeConcurrentWithArgs } from './concurrent/execute-concurrent.js'
export type { ExecutionResult } from './concurrent/run.js'
export type { ConcurrentOptions } from './concurrent/options.js'

export { InetAddress } from './values/inet-address.js'
export { Decimal } from './values/decimal.js'
export { Duration } from './values/duration.js'
export { LocalDate } from './values/local-date.js'
export { LocalTime } from './values/local-time.js'
export { TimeUuid } from './values/time-uuid.js'
export { Uuid } from './values/uuid.js'

export { EMPTY } from './codec/empty.js'
export type { Codec, CodecRegistry, NumberForms } from './codec/codec.js'
export { Column } from './codec/columns.js'
export type { ColumnEncryptionPolicy, ColumnName } from './codec/column-encryption.js'
export type { ColumnValues } from './codec/columns.js'
export type {
  ColumnSpec,
  CustomType,
  DataType,
  ListType,
  MapType,
  NativeKind,
  NativeType,
  SetType,
  TupleType,
  UdtType,
  VectorType,
} from './codec/data-type.js'
export { formatType } from './codec/format-type.js'
export { parseType } from './codec/parse-type.js'
export { decodeValue, encodeValue } from './codec/value.js'

export type { AuthProvider, Authenticator, PlainTextOptions, SaslOptions } from './connection/auth.js'
export { PLAIN_AUTHENTICATORS, PlainTextAuthProvider, SaslAuthProvider, TransitionalAuthProvider } from './connection/auth.js'
export type { SaslMechanism } from './connection/sasl.js'
export { ExternalMechanism, PlainMechanism } from './connection/sasl.js'
export type { TlsCounts, TlsFiles, TlsOptions, TlsProvider } from './connection/tls.js'
export type { ConsistencyName } from './protocol/constants.js'
export type { ProtocolVersion } from './protocol/features.js'
export type { SchemaChange } from './protocol/schema-change.js'

export type { Host, HostDistance, HostPool } from './metadata/host.js'
export { groupKeysByReplica } from './metadata/group-keys.js'
export type { Metadata } from './metadata/metadata.js'
export { murmur3 } from './metadata/murmur3.js'
export type { ReplicationFactor, ReplicationStrategy } from './metadata/replication.js'
export type { ReplicaSet } from './metadata/ring-ranges.js'
export type { AggregateMetadata, FunctionMetadata } from './metadata/schema/function.js'
export type { IndexKind, IndexMetadata } from './metadata/schema/index-metadata.js'
export type { KeyspaceMetadata } from './metadata/schema/keyspace.js'
export type { ColumnKind, ColumnMetadata } from './metadata/schema/column.js'
export type { RelationMetadata, TableMetadata } from './metadata/schema/table.js'
export type { TriggerMetadata } from './metadata/schema/trigger.js'
export type { UserTypeField, UserTypeMetadata } from './metadata/schema/user-type.js'
export type { MaterializedViewMetadata } from './metadata/schema/view.js'
export type { TokenRange } from './metadata/token-range.js'
export type { Token } from './metadata/token-ring.js'

export { Aes256CbcColumnEncryptionPolicy } from './policies/aes-cbc-encryption.js'
export type { Aes256CbcOptions } from './policies/aes-cbc-encryption.js'
export { Aes256GcmColumnEncryptionPolicy } from './policies/aes-gcm-encryption.js'
export { EncryptedColumns } from './policies/encrypted-columns.js'
export type { ColumnKeys } from './policies/encrypted-columns.js'
export type { AddressTranslator, NodeAddress } from './policies/address-translator.js'
export { IdentityTranslator } from './policies/address-translator.js'
export type { EC2MultiRegionOptions } from './policies/ec2-translator.js'
export { EC2MultiRegionTranslator } from './policies/ec2-translator.js'
export type { SubnetTranslatorOptions } from './policies/subnet-translator.js'
export { SubnetTranslator } from './policies/subnet-translator.js'
export { FixedHostNameTranslator } from './policies/fixed-host-name-translator.js'
export type { ConvictionPolicy } from './policies/conviction.js'
export { SimpleConvictionPolicy } from './policies/conviction.js'
export type { DefaultPolicyOptions } from './policies/default-policy.js'
export { DefaultLoadBalancingPolicy } from './policies/default-policy.js'
export type { RetryPolicyOptions } from './policies/default-retry.js'
export { DefaultRetryPolicy, FallthroughRetryPolicy, NeverRetryPolicy } from './policies/default-retry.js'
export type { ExponentialBackoffRetryOptions } from './policies/backoff-retry.js'
export { ExponentialBackoffRetryPolicy } from './policies/backoff-retry.js'
export { DowngradingConsistencyRetryPolicy } from './policies/downgrading-retry.js'
export type { RetryBudgetOptions } from './policies/retry-budget.js'
export { RetryBudget, withRetryBudget } from './policies/retry-budget.js'
export type { HostListener, LoadBalancingContext, LoadBalancingPolicy, QueryPlan, RoutingRequest } from './policies/load-balancing.js'
export { AllowListPolicy, HostFilterPolicy } from './policies/host-filter.js'
export type { FailoverOptions } from './policies/host-set.js'
export type { RackAwareOptions } from './policies/rack-aware.js'
export { RackAwareRoundRobinPolicy } from './policies/rack-aware.js'
export type { ExponentialReconnectionOptions, ReconnectionPolicy } from './policies/reconnection.js'
export { ConstantReconnectionPolicy, ExponentialReconnectionPolicy } from './policies/reconnection.js'
export type { RetryAnswer, RetryDecision, RetryKind, RetryPolicy, RetryRequest } from './policies/retry.js'
export type { DCAwareOptions } from './policies/round-robin.js'
export { DCAwareRoundRobinPolicy, RoundRobinPolicy } from './policies/round-robin.js'
export type { SpeculativeExecutionPolicy } from './policies/speculative.js'
export { ConstantSpeculativeExecutionPolicy, NoSpeculativeExecutionPolicy } from './policies/speculative.js'
export type { PercentileSpeculativeExecutionOptions } from './policies/percentile-speculation.js'
export { PercentileSpeculativeExecutionPolicy } from './policies/percentile-speculation.js'
export type { ThrottleOptions } from './policies/throttle.js'
export type { MonotonicTimestampOptions, TimestampGenerator } from './policies/timestamps.js'
export { MonotonicTimestampGenerator, ServerTimestampGenerator } from './policies/timestamps.js'
export type { TokenAwareOptions } from './policies/token-aware.js'
export { TokenAwarePolicy } from './policies/token-aware.js'

export {
  AbortError,
  AuthenticationError,
  BusyError,
  ConcurrentInputError,
  ConnectionError,
  CqlwireError,
  InvalidArgumentError,
  InvalidOptionError,
  MalformedFrameError,
  NoHostAvailableError,
  OperationTimedOutError,
  SharedSessionError,
  ShutdownError,
} from './base/errors.js'
export {
  AlreadyExistsError,
  BadCredentialsError,
  CasWriteUnknownError,
  CdcWriteFailureError,
  ConfigurationError,
  CqlSyntaxError,
  FunctionFailureError,
  InvalidRequestError,
  IsBootstrappingError,
  OverloadedError,
  ProtocolError,
  ReadFailureError,
  ReadTimeoutError,
  ServerError,
  TruncateError,
  UnauthorizedError,
  UnavailableError,
  UnpreparedError,
  WriteFailureError,
  WriteTimeoutError,
} from './base/server-errors.js'
