import type { MetricValue, Quality } from '@/contract/common'

export const COURSE_KIND = { samples: 'samples', buckets: 'buckets' } as const

/** A part of time, in Unix ms: from inclusive, to exclusive. */
export interface Period {
  from: number
  to: number
}

/** One sample, with nothing lost of its value. */
export interface Sample {
  ts: number
  value: MetricValue
  quality: Quality
}

/** Samples one by one, oldest first. A row whose quality is null marks a gap. */
export interface SampleCourse {
  kind: typeof COURSE_KIND.samples
  times: readonly number[]
  values: readonly MetricValue[]
  qualities: readonly (Quality | null)[]
}

/**
 * Buckets of time by their starts, oldest first. `count` is of the good numeric samples, which the
 * figures are over; a row whose count is null marks a gap.
 */
export interface BucketCourse {
  kind: typeof COURSE_KIND.buckets
  /** How long one is; those of days and months vary with the calendar. */
  bucketMs: number
  /** Hourly rows served, at least in part. */
  isFromHours: boolean
  times: readonly number[]
  min: readonly (number | null)[]
  max: readonly (number | null)[]
  avg: readonly (number | null)[]
  count: readonly (number | null)[]
  nonGood: readonly (number | null)[]
}

/** What is known of a metric over time. */
export type Course = SampleCourse | BucketCourse

export const EMPTY_COURSE: SampleCourse = {
  kind: COURSE_KIND.samples,
  times: [],
  values: [],
  qualities: [],
}

/** The first place whose time is not before `at`; the length if there is none. */
export function placeOf(times: readonly number[], at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/** The places to look at for a period: one more at either side, for a line that comes from beyond. */
export function placesOf(course: Course, { from, to }: Period): [first: number, end: number] {
  const first = placeOf(course.times, from)
  const end = placeOf(course.times, to)
  return [Math.max(0, first - 1), Math.min(course.times.length, end + 1)]
}

/** Charts have the precision of a pixel; whoever wants the exact value takes it from the sample. */
export function heightOf(value: MetricValue): number | null {
  if (value === null || typeof value === 'string') return null
  return Number(value)
}

/** The height a line goes through here: none for what is bad, for texts and in gaps. */
export function lineHeight(course: SampleCourse, place: number): number | null {
  const quality = course.qualities[place]!
  if (quality === null || quality === 'BAD') return null
  return heightOf(course.values[place]!)
}

/** Where a place stands on the time axis: a bucket at its middle. */
export function timeOf(course: Course, place: number): number {
  const time = course.times[place]!
  return course.kind === COURSE_KIND.buckets ? time + course.bucketMs / 2 : time
}

/** Whether something was measured here. */
export function isMark(course: Course, place: number): boolean {
  return course.kind === COURSE_KIND.buckets
    ? course.count[place] !== null
    : course.qualities[place] !== null
}
