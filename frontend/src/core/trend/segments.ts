import { COURSE_KIND, type Course, type Period } from '@/core/trend/course'
import type { LiveTail } from '@/core/trend/live-tails'

/** Segments kept of one metric; the oldest go first. */
const MOST = 8
/** Buckets up to so many times as long as the right ones are drawn as they are. */
const COARSE = 2

/** What was fetched of one metric. */
export interface Segment extends Period {
  /** For how much time a point was asked for. */
  pointMs: number
  course: Course
}

/** What is needed to draw a period: it, and for how much time there is to be a point. */
export interface Need extends Period {
  pointMs: number
}

/** A segment to draw from, and whether nothing better need be asked for. */
export interface Choice {
  segment: Segment | undefined
  isEnough: boolean
}

/**
 * The best of the segments for what is to be drawn. Live samples continue a segment without end if
 * none was missed since it was asked for.
 */
export function chooseSegment(
  segments: readonly Segment[],
  need: Need,
  tail: LiveTail | undefined,
  now: number,
): Choice {
  const end = Math.min(need.to, now)
  const reach = ({ to }: Segment): number => (tail && tail.since <= to ? Infinity : to)
  const isCovering = (segment: Segment): boolean =>
    segment.from <= need.from && reach(segment) >= end
  const isFine = ({ course, pointMs }: Segment): boolean =>
    course.kind === COURSE_KIND.samples || pointMs <= need.pointMs * COARSE

  const enough = segments.filter((segment) => isCovering(segment) && isFine(segment))
  if (enough.length > 0) return { segment: finest(enough), isEnough: true }
  const overlap = (segment: Segment): number =>
    Math.min(reach(segment), end) - Math.max(segment.from, need.from)
  const most = Math.max(0, ...segments.map(overlap))
  const closest = segments.filter((segment) => most > 0 && overlap(segment) === most)
  return { segment: finest(closest), isEnough: false }
}

function finest(segments: readonly Segment[]): Segment | undefined {
  const grain = ({ course, pointMs }: Segment): number =>
    course.kind === COURSE_KIND.samples ? 0 : pointMs
  return segments.reduce<Segment | undefined>(
    // The later of two that are alike: it was fetched later.
    (best, segment) => (best && grain(best) < grain(segment) ? best : segment),
    undefined,
  )
}

/** The segments with a new one, without those that it makes needless. */
export function withSegment(segments: readonly Segment[], added: Segment): Segment[] {
  const isNeedless = (old: Segment): boolean =>
    added.from <= old.from &&
    old.to <= added.to &&
    (added.course.kind === COURSE_KIND.samples || added.pointMs <= old.pointMs)
  return [...segments.filter((old) => !isNeedless(old)), added].slice(-MOST)
}

/** The segments without those that were of the same span when it ended earlier: one that moves on with the time needs its last. */
export function withoutOutdated(
  segments: readonly Segment[],
  { from, to, pointMs }: Need,
): readonly Segment[] {
  const isOutdated = (old: Segment): boolean =>
    old.pointMs === pointMs && old.to - old.from === to - from && old.to > from && old.to <= to
  return segments.filter((old) => !isOutdated(old))
}
