import type { Histogram } from 'hdr-histogram-js'

/** An empty histogram of latencies in microseconds: one to ten minutes, three significant digits. */
export async function newHistogram(): Promise<Histogram> {
  const { build } = await import('hdr-histogram-js')
  return build({
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })
}
