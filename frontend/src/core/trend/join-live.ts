import {
  COURSE_KIND,
  heightOf,
  placeOf,
  type BucketCourse,
  type Course,
  type Sample,
  type SampleCourse,
} from '@/core/trend/course'
import { gapLimit } from '@/core/trend/gaps'

/** A sample may have been on its way into the store when the store was asked. */
const LATE_MS = 60_000

/**
 * What is stored, and the live samples (oldest first) that came after it. `until` is the moment up
 * to which the stored part was asked for.
 */
export function joinLive(stored: Course, live: readonly Sample[], until: number): Course {
  const isBuckets = stored.kind === COURSE_KIND.buckets
  const since = isBuckets ? until : until - LATE_MS
  const next = live.slice(live.findLastIndex(({ ts }) => ts < since) + 1)
  if (next.length === 0) return stored
  return isBuckets ? joinBuckets(stored, next) : joinSamples(stored, next)
}

/** A sample that is in both is taken from what is stored: that is what was committed. */
function joinSamples(stored: SampleCourse, live: readonly Sample[]): SampleCourse {
  const shared = placeOf(stored.times, live[0]!.ts)
  const times = stored.times.slice(0, shared)
  const values = stored.values.slice(0, shared)
  const qualities = stored.qualities.slice(0, shared)
  const limit = gapLimit(stored.times.length > 8 ? stored.times : live.map(({ ts }) => ts))

  function push(ts: number, value: Sample['value'], quality: Sample['quality'] | null): void {
    const before = times.at(-1)
    const isAfterGap = qualities.at(-1) === null || quality === null
    if (before !== undefined && !isAfterGap && ts - before > limit) {
      times.push((before + ts) / 2)
      values.push(null)
      qualities.push(null)
    }
    times.push(ts)
    values.push(value)
    qualities.push(quality)
  }

  let place = shared
  for (const { ts, value, quality } of live) {
    for (; place < stored.times.length && stored.times[place]! < ts; place++) pushStored(place)
    // A gap is not stored: it is where nothing had come yet.
    if (stored.times[place] !== ts || stored.qualities[place] === null) push(ts, value, quality)
  }
  for (; place < stored.times.length; place++) pushStored(place)
  return { kind: COURSE_KIND.samples, times, values, qualities }

  function pushStored(at: number): void {
    push(stored.times[at]!, stored.values[at]!, stored.qualities[at]!)
  }
}

/** Live samples go on filling the last bucket, and then the ones after it. */
function joinBuckets(stored: BucketCourse, live: readonly Sample[]): BucketCourse {
  const { bucketMs } = stored
  const joined = {
    ...stored,
    times: [...stored.times],
    min: [...stored.min],
    max: [...stored.max],
    avg: [...stored.avg],
    count: [...stored.count],
    nonGood: [...stored.nonGood],
  }
  const origin = stored.times.at(-1) ?? 0
  const limit = Math.max(1.5 * bucketMs, gapLimit(stored.times))

  /** The place of the bucket a sample lies in, made if need be. */
  function bucketAt(ts: number): number {
    const start = origin + Math.floor((ts - origin) / bucketMs) * bucketMs
    const last = joined.times.length - 1
    const before = joined.times[last]
    if (before !== undefined && start <= before) return last
    if (before !== undefined && start - before > limit && joined.count[last] !== null) {
      open((before + start) / 2, null)
    }
    open(start, 0)
    return joined.times.length - 1
  }

  function open(start: number, count: number | null): void {
    joined.times.push(start)
    joined.min.push(null)
    joined.max.push(null)
    joined.avg.push(null)
    joined.count.push(count)
    joined.nonGood.push(count)
  }

  for (const { ts, value, quality } of live) {
    const place = bucketAt(ts)
    const height = heightOf(value)
    if (quality !== 'GOOD') joined.nonGood[place] = (joined.nonGood[place] ?? 0) + 1
    else if (height !== null) {
      const count = joined.count[place] ?? 0
      joined.min[place] = Math.min(joined.min[place] ?? height, height)
      joined.max[place] = Math.max(joined.max[place] ?? height, height)
      joined.avg[place] = ((joined.avg[place] ?? 0) * count + height) / (count + 1)
      joined.count[place] = count + 1
    }
  }
  return joined
}
