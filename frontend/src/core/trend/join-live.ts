import {
  COURSE_KIND,
  heightOf,
  placeOf,
  type BucketCourse,
  type Course,
  type Sample,
  type SampleCourse,
} from '@/core/trend/course'
import { gapLimit, MIN_GAP_MS } from '@/core/trend/gaps'

/** A sample may have been on its way into the store when the store was asked. */
export const LATE_MS = 60_000

/** What is stored, and what the live feed adds to it. */
export interface JoinedCourse {
  /**
   * Takes in what is new among the live samples (oldest first), and tells the course: another object
   * whenever it grew. Its columns grow in place, so that a sample costs the same in a short history
   * and in a long one.
   */
  take: (live: readonly Sample[]) => Course
}

/** Something that grows by live samples. */
interface Growing {
  add: (sample: Sample) => void
  look: () => Course
}

/** `until` is the moment up to which the stored part was asked for. */
export function createJoined(stored: Course, until: number): JoinedCourse {
  const isBuckets = stored.kind === COURSE_KIND.buckets
  let since = isBuckets ? until : until - LATE_MS
  let growing: Growing | null = null
  let newest: Sample | undefined
  let course = stored

  return {
    take: (live) => {
      const last = live.at(-1)
      if (!last || last === newest || last.ts < since) return course
      const first = live.findLastIndex(({ ts }) => ts < since) + 1
      growing ??= isBuckets ? growBuckets(stored) : growSamples(stored)
      for (let place = first; place < live.length; place++) growing.add(live[place]!)
      newest = last
      since = last.ts
      course = growing.look()
      return course
    },
  }
}

/** What is stored, and the live samples that came after it. */
export function joinLive(stored: Course, live: readonly Sample[], until: number): Course {
  return createJoined(stored, until).take(live)
}

/** A sample that is in both is taken from what is stored: that is what was committed. */
function growSamples(stored: SampleCourse): Growing {
  const times = [...stored.times]
  const values = [...stored.values]
  const qualities = [...stored.qualities]
  /** The newest that is not stored: another one of its time takes its place. */
  let newest = Number.NaN

  function append({ ts, value, quality }: Sample): void {
    const before = times.at(-1)
    const pause = before === undefined || qualities.at(-1) === null ? 0 : ts - before
    // Most come without a pause: what is usual need not be known for them.
    if (pause > MIN_GAP_MS && pause > gapLimit(times)) {
      times.push(ts - pause / 2)
      values.push(null)
      qualities.push(null)
    }
    times.push(ts)
    values.push(value)
    qualities.push(quality)
    newest = ts
  }

  return {
    add: (sample) => {
      const { ts, value, quality } = sample
      if (ts > (times.at(-1) ?? -Infinity)) {
        append(sample)
        return
      }
      const place = placeOf(times, ts)
      const isThere = times[place] === ts
      // A gap is not stored: it is where nothing had come yet.
      if (isThere && qualities[place] !== null && ts !== newest) return
      times.splice(place, isThere ? 1 : 0, ts)
      values.splice(place, isThere ? 1 : 0, value)
      qualities.splice(place, isThere ? 1 : 0, quality)
    },
    look: () => ({ kind: COURSE_KIND.samples, times, values, qualities }),
  }
}

/** Live samples go on filling the last bucket, and then the ones after it. */
function growBuckets(stored: BucketCourse): Growing {
  const { bucketMs } = stored
  const columns = {
    times: [...stored.times],
    min: [...stored.min],
    max: [...stored.max],
    avg: [...stored.avg],
    count: [...stored.count],
    nonGood: [...stored.nonGood],
  }
  const { times, min, max, avg, count, nonGood } = columns
  const origin = stored.times.at(-1) ?? 0
  const limit = Math.max(1.5 * bucketMs, gapLimit(stored.times))
  let newest = -Infinity

  /** The place of the bucket a sample lies in, made if need be. */
  function bucketAt(ts: number): number {
    const start = origin + Math.floor((ts - origin) / bucketMs) * bucketMs
    const last = times.length - 1
    const before = times[last]
    if (before !== undefined && start <= before) return last
    if (before !== undefined && start - before > limit && count[last] !== null) {
      open((before + start) / 2, null)
    }
    open(start, 0)
    return times.length - 1
  }

  function open(start: number, samples: number | null): void {
    times.push(start)
    min.push(null)
    max.push(null)
    avg.push(null)
    count.push(samples)
    nonGood.push(samples)
  }

  return {
    add: ({ ts, value, quality }) => {
      // Counted already; what another one of the same time said instead, the store will tell.
      if (ts <= newest) return
      newest = ts
      const place = bucketAt(ts)
      const height = heightOf(value)
      if (quality !== 'GOOD') nonGood[place] = (nonGood[place] ?? 0) + 1
      else if (height !== null) {
        const before = count[place] ?? 0
        min[place] = Math.min(min[place] ?? height, height)
        max[place] = Math.max(max[place] ?? height, height)
        avg[place] = ((avg[place] ?? 0) * before + height) / (before + 1)
        count[place] = before + 1
      }
    },
    look: () => ({ ...stored, ...columns }),
  }
}
