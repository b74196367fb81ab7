/** What each version of the native protocol has; the one place that compares version numbers for messages as a whole. */
import { InvalidArgumentError } from '../base/errors.js'

export type ProtocolVersion = 3 | 4 | 5

/** Best first: the order in which versions are tried. */
export const SUPPORTED_VERSIONS: readonly ProtocolVersion[] = Object.freeze([5, 4, 3] as const)

export interface ProtocolFeatures {
  readonly version: ProtocolVersion
  /** After the handshake frames travel in segments with checksums (v5, section 2). */
  readonly usesSegments: boolean
  /** The compressions that a server may take, best first. */
  readonly compressions: readonly ('lz4' | 'snappy')[]
  /** A bound value may be "not set" (v4, section 3 [value]). */
  readonly hasUnset: boolean
  /** QUERY, PREPARE and BATCH may name the keyspace they run in (v5). */
  readonly hasKeyspacePerRequest: boolean
  /** Prepared results have an id that EXECUTE gives back, so that skipped metadata stay right after an ALTER (v5). */
  readonly hasResultMetadataId: boolean
  /** The flags of query parameters are an [int] instead of a [byte] (v5). */
  readonly has32BitQueryFlags: boolean
  /** Requests may say what time it is (v5). */
  readonly hasNowInSeconds: boolean
  /** v4, section 2.2. */
  readonly hasCustomPayload: boolean
  /** v4, section 2.2. */
  readonly hasWarnings: boolean
  /** Prepared results say which bind markers are the partition key (v4, section 4.2.5.4). */
  readonly hasPartitionKeyIndexes: boolean
  /** Read and write failures say which replica failed and why, instead of how many (v5, section 8). */
  readonly hasFailureReasons: boolean
}

function features(version: ProtocolVersion): ProtocolFeatures {
  const v4 = version >= 4
  const v5 = version >= 5
  return Object.freeze({
    version,
    usesSegments: v5,
    compressions: Object.freeze(v5 ? (['lz4'] as const) : (['lz4', 'snappy'] as const)),
    hasUnset: v4,
    hasKeyspacePerRequest: v5,
    hasResultMetadataId: v5,
    has32BitQueryFlags: v5,
    hasNowInSeconds: v5,
    hasCustomPayload: v4,
    hasWarnings: v4,
    hasPartitionKeyIndexes: v4,
    hasFailureReasons: v5,
  })
}

const FEATURES: ReadonlyMap<number, ProtocolFeatures> = new Map(SUPPORTED_VERSIONS.map((version) => [version, features(version)]))

export function isSupportedVersion(version: number): version is ProtocolVersion {
  return FEATURES.has(version)
}

export function featuresOf(version: number): ProtocolFeatures {
  const found = FEATURES.get(version)
  if (found === undefined) {
    throw new InvalidArgumentError(`This driver speaks the native protocol in the versions 3, 4 and 5, not ${version}`)
  }
  return found
}
