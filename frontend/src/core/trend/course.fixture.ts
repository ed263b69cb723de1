import type { MetricValue, Quality } from '@/contract/common'
import { COURSE_KIND, type BucketCourse, type SampleCourse } from '@/core/trend/course'

/** Samples for specs; a quality of null is a gap. */
export function samples(
  ...rows: [ts: number, value: MetricValue, quality?: Quality | null][]
): SampleCourse {
  return {
    kind: COURSE_KIND.samples,
    times: rows.map(([ts]) => ts),
    values: rows.map(([, value]) => value),
    qualities: rows.map(([, , quality]) => (quality === undefined ? 'GOOD' : quality)),
  }
}

/** Buckets for specs, from their figures; null is a gap. */
export function buckets(
  bucketMs: number,
  ...rows: [
    start: number,
    figures: { min: number; avg: number; max: number; count: number; nonGood?: number } | null,
  ][]
): BucketCourse {
  const column = (name: 'min' | 'avg' | 'max' | 'count'): (number | null)[] =>
    rows.map(([, figures]) => figures?.[name] ?? null)
  return {
    kind: COURSE_KIND.buckets,
    bucketMs,
    isFromHours: false,
    times: rows.map(([start]) => start),
    min: column('min'),
    avg: column('avg'),
    max: column('max'),
    count: column('count'),
    nonGood: rows.map(([, figures]) => figures && (figures.nonGood ?? 0)),
  }
}
