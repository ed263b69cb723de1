import type { MetricValue } from '@/contract/common'
import { COURSE_KIND, heightOf, placeOf, type Course, type Period } from '@/core/trend/course'

/** What of a course lies in the period on screen. */
export interface Seen {
  /** Of samples, these; of buckets, those that are not empty. */
  points: number
  /** How many samples all of it stands for. */
  samples: number
  bad: number
  uncertain: number
  /** Of buckets the rest that is not good; which of the two nobody counted. */
  nonGood: number
  /** Exact where they are samples. */
  min: MetricValue
  max: MetricValue
  avg: number | null
}

/** Counts and figures of what is seen, over good and uncertain samples. */
export function seenOf(course: Course, { from, to }: Period): Seen {
  const seen: Seen = {
    points: 0,
    samples: 0,
    bad: 0,
    uncertain: 0,
    nonGood: 0,
    min: null,
    max: null,
    avg: null,
  }
  const width = course.kind === COURSE_KIND.buckets ? course.bucketMs : 0
  const first = placeOf(course.times, from - width + (width > 0 ? 1 : 0))
  const end = placeOf(course.times, to)
  let sum = 0
  let weight = 0
  let least = Infinity
  let most = -Infinity
  const take = (
    low: number,
    high: number,
    mean: number,
    count: number,
    exact?: MetricValue,
  ): void => {
    if (low < least) seen.min = exact ?? low
    if (high > most) seen.max = exact ?? high
    least = Math.min(least, low)
    most = Math.max(most, high)
    sum += mean * count
    weight += count
  }

  for (let place = first; place < end; place++) {
    if (course.kind === COURSE_KIND.buckets) {
      const count = course.count[place]!
      if (count === null) continue
      const nonGood = course.nonGood[place] ?? 0
      seen.points++
      seen.samples += count + nonGood
      seen.nonGood += nonGood
      const [low, high, mean] = [course.min[place]!, course.max[place]!, course.avg[place]!]
      if (low !== null && high !== null && mean !== null) take(low, high, mean, count)
    } else {
      const quality = course.qualities[place]!
      if (quality === null) continue
      seen.points++
      seen.samples++
      if (quality === 'BAD') seen.bad++
      if (quality === 'UNCERTAIN') seen.uncertain++
      const value = course.values[place]!
      const height = quality === 'BAD' ? null : heightOf(value)
      if (height !== null) take(height, height, height, 1, value)
    }
  }
  seen.avg = weight > 0 ? sum / weight : null
  return seen
}
