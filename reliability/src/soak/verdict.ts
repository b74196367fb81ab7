/** Whether a soak was flat: which curves are held against which bounds. */
import { flatness, type Flatness, type Point } from './flatness.js'
import type { SoakResult } from './run-soak.js'
import type { Sample } from './sampler.js'

/** The curves, and what each may rise by over the second half of the run. */
function curves(samples: readonly Sample[]): readonly Flatness[] {
  const of = (y: (sample: Sample) => number | null): Point[] =>
    samples.flatMap((sample) => {
      const value = y(sample)
      return value === null ? [] : [{ x: sample.seconds, y: value }]
    })
  return [
    flatness(
      'heap after a full collection',
      'MiB',
      of((sample) => sample.collectedHeapMiB),
      { allowed: 1, allowedShare: 0.05 },
    ),
    // The allocator of the process gives memory back late, if at all.
    flatness(
      'resident memory (RSS)',
      'MiB',
      of((sample) => sample.rssMiB),
      { allowed: 16, allowedShare: 0.1 },
    ),
    flatness(
      'open sockets',
      '',
      of((sample) => sample.sockets),
      { allowed: 1 },
    ),
    flatness(
      'timers',
      '',
      of((sample) => sample.timers),
      { allowed: 4 },
    ),
    flatness(
      'open file descriptors',
      '',
      of((sample) => sample.fileDescriptors),
      { allowed: 2 },
    ),
    flatness(
      'event-loop delay, median',
      'ms',
      of((sample) => sample.loopDelayMs.p50),
      { allowed: 5 },
    ),
  ]
}

export interface SoakVerdict {
  readonly curves: readonly Flatness[]
  readonly isWell: boolean
}

export function verdictOf({ samples, problems, interrupted }: SoakResult): SoakVerdict {
  const all = curves(samples)
  return { curves: all, isWell: !interrupted && problems.length === 0 && all.every(({ isFlat }) => isFlat) }
}
