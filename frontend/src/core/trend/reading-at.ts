import type { MetricValue, Quality } from '@/contract/common'
import { COURSE_KIND, isMark, placeOf, timeOf, type Course, type Period } from '@/core/trend/course'

/** What a pen says at one place: a sample, or what there was in a bucket of time. */
export type PenReading =
  | { kind: typeof COURSE_KIND.samples; time: number; value: MetricValue; quality: Quality }
  | {
      kind: typeof COURSE_KIND.buckets
      /** Where the bucket begins. */
      time: number
      until: number
      min: number | null
      max: number | null
      avg: number | null
      count: number
      nonGood: number
    }

/** The place whose time is closest to a moment, if it is not further off than `within`. */
export function placeNear(course: Course, at: number, within: number): number | null {
  const half = course.kind === COURSE_KIND.buckets ? course.bucketMs / 2 : 0
  const next = placeOf(course.times, at - half)
  let best: number | null = null
  let distance = within
  // Beside the next one and the one before there may be a gap, which is nothing to read.
  for (const place of [next - 2, next - 1, next, next + 1]) {
    if (place < 0 || place >= course.times.length || !isMark(course, place)) continue
    const off = Math.abs(timeOf(course, place) - at)
    if (off > Math.max(distance, half)) continue
    best = place
    distance = Math.min(distance, off)
  }
  return best
}

/** What a course says at a place. */
export function readPlace(course: Course, place: number): PenReading | null {
  const time = course.times[place]!
  if (course.kind === COURSE_KIND.samples) {
    const quality = course.qualities[place]!
    return quality && { kind: course.kind, time, value: course.values[place]!, quality }
  }
  const count = course.count[place]!
  if (count === null) return null
  return {
    kind: course.kind,
    time,
    until: time + course.bucketMs,
    min: course.min[place]!,
    max: course.max[place]!,
    avg: course.avg[place]!,
    count,
    nonGood: course.nonGood[place] ?? 0,
  }
}

/** The moment of something measured that is closest, of any course. */
export function markNear(courses: readonly Course[], at: number, within: number): number | null {
  let best: number | null = null
  for (const course of courses) {
    const place = placeNear(course, at, within)
    if (place === null) continue
    const time = timeOf(course, place)
    if (best === null || Math.abs(time - at) < Math.abs(best - at)) best = time
  }
  return best
}

/** The next moment, in a direction, at which anything was measured: at least `step` away. */
export function markBeyond(
  courses: readonly Course[],
  at: number,
  step: number,
  { from, to }: Period,
): number | null {
  let best: number | null = null
  for (const course of courses) {
    const half = course.kind === COURSE_KIND.buckets ? course.bucketMs / 2 : 0
    const wanted = at + step
    let place = placeOf(course.times, wanted - half)
    if (step < 0 && (place >= course.times.length || timeOf(course, place) > wanted)) place--
    while (place >= 0 && place < course.times.length && !isMark(course, place))
      place += Math.sign(step)
    if (place < 0 || place >= course.times.length) continue
    const time = timeOf(course, place)
    if (time < from || time > to) continue
    if (best === null || Math.abs(time - at) < Math.abs(best - at)) best = time
  }
  return best
}
