import {
  COURSE_KIND,
  lineHeight,
  placeOf,
  timeOf,
  type Course,
  type Period,
} from '@/core/trend/course'

/** A height at a place from 0 (oldest) to 1 (newest); null breaks the line. */
export interface SparkPoint {
  at: number
  height: number | null
}

/** Evenly spaced values as points. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): string {
  const last = Math.max(1, values.length - 1)
  const points = values.map((value, index) => ({ at: index / last, height: value }))
  return values.length < 2 ? '' : linePath(points, boundsOf(points), width, height)
}

export interface Bounds {
  low: number
  high: number
}

/** The lowest and the highest of all, if there are any. */
export function boundsOf(points: readonly SparkPoint[]): Bounds | null {
  let low = Infinity
  let high = -Infinity
  for (const { height } of points) {
    if (height === null) continue
    low = Math.min(low, height)
    high = Math.max(high, height)
  }
  return low > high ? null : { low, high }
}

/** A flat signal runs through the middle, where it does not look like a limit that was reached. */
export function linePath(
  points: readonly SparkPoint[],
  bounds: Bounds | null,
  width: number,
  height: number,
): string {
  if (bounds === null) return ''
  let path = ''
  let isDrawing = false
  for (const point of points) {
    if (point.height === null) {
      isDrawing = false
      continue
    }
    const y = yOf(point.height, bounds, height)
    path += `${isDrawing ? 'L' : 'M'}${(point.at * width).toFixed(1)} ${y.toFixed(1)}`
    isDrawing = true
  }
  return path
}

/** How far down a value stands in a box. */
export function yOf(value: number, { low, high }: Bounds, height: number): number {
  return high > low ? height - ((value - low) / (high - low)) * height : height / 2
}

/**
 * A course in a period with no more than two points in each of some parts of it: the lowest and the
 * highest, so that no peak is lost.
 */
export function thinned(course: Course, { from, to }: Period, parts: number): SparkPoint[] {
  const points: SparkPoint[] = []
  const end = placeOf(course.times, to)
  let part = -1
  let low: SparkPoint | null = null
  let high: SparkPoint | null = null
  const close = (): void => {
    if (low === null || high === null) return
    if (low === high) points.push(low)
    else points.push(...(low.at <= high.at ? [low, high] : [high, low]))
    low = null
    high = null
  }
  const take = (at: number, height: number | null): void => {
    const own = Math.min(parts - 1, Math.floor(at * parts))
    if (own !== part || height === null) close()
    part = own
    const point = { at, height }
    if (height === null) points.push(point)
    else {
      if (low === null || height < (low.height ?? 0)) low = point
      if (high === null || height > (high.height ?? 0)) high = point
    }
  }
  for (let place = placeOf(course.times, from); place < end; place++) {
    const at = (timeOf(course, place) - from) / (to - from)
    if (course.kind === COURSE_KIND.buckets) {
      const [least = null, most = null] = [course.min[place], course.max[place]]
      take(at, least)
      if (least !== most) take(at, most)
    } else take(at, lineHeight(course, place))
  }
  close()
  return points
}
