import type { Sample } from '@/core/trend/course'

/** Live samples kept of one metric; the oldest go first. */
const MOST = 20_000
/** Dropped at once, so that it is not done for each sample. */
const DROPPED = 5_000

/** The live samples of one metric, oldest first. */
export interface LiveTail {
  samples: readonly Sample[]
  /** From here on nothing is missing, as far as the server told everything. */
  since: number
}

/** The live samples of some metrics, from when each was first asked about. */
export interface LiveTails {
  /** Starts to keep those of a metric, if they are not kept yet. */
  track: (metricId: string, now: number) => LiveTail
  /** Those that are kept. */
  tracked: () => Iterable<string>
  /** How many samples are kept of one. */
  length: (metricId: string) => number
  /** The history has what is older. */
  dropBefore: (metricId: string, ts: number) => void
  add: (metricId: string, sample: Sample) => void
  /** Something may have been missed: whatever was kept is complete no more, until `resume`. */
  interrupt: () => void
  resume: (now: number) => void
}

export function createLiveTails(): LiveTails {
  const tails = new Map<string, { samples: Sample[]; since: number }>()
  let isInterrupted = false

  return {
    track: (metricId, now) => {
      let tail = tails.get(metricId)
      if (!tail) {
        tail = { samples: [], since: isInterrupted ? Infinity : now }
        tails.set(metricId, tail)
      }
      return tail
    },
    tracked: () => tails.keys(),
    length: (metricId) => tails.get(metricId)?.samples.length ?? 0,
    dropBefore: (metricId, ts) => {
      const tail = tails.get(metricId)
      if (!tail) return
      tail.samples.splice(0, tail.samples.findLastIndex((sample) => sample.ts < ts) + 1)
      tail.since = Math.max(tail.since, ts)
    },
    add: (metricId, sample) => {
      const tail = tails.get(metricId)
      if (!tail) return
      const last = tail.samples.at(-1)
      // Live state never goes back in time; at equal times the later word holds.
      if (last && sample.ts < last.ts) return
      if (last?.ts === sample.ts) tail.samples[tail.samples.length - 1] = sample
      else tail.samples.push(sample)
      if (tail.samples.length <= MOST) return
      tail.samples.splice(0, DROPPED)
      tail.since = Math.max(tail.since, tail.samples[0]!.ts)
    },
    interrupt: () => {
      isInterrupted = true
      for (const tail of tails.values()) tail.since = Infinity
    },
    resume: (now) => {
      isInterrupted = false
      for (const tail of tails.values()) if (tail.since === Infinity) tail.since = now
    },
  }
}
