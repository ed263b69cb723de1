import type { Point } from '@/modules/system/trail'

export interface Box {
  width: number
  height: number
}

/** A line over time in a box; it breaks where nothing was known, or nobody looked for longer than `gapMs`. */
export function trendPath(
  points: readonly Point[],
  { width, height }: Box,
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
  gapMs: number,
): string {
  const x = (at: number): string => (((at - from) / (to - from)) * width).toFixed(1)
  const y = (value: number): string => {
    const part = high > low ? (value - low) / (high - low) : 0.5
    return (height - part * height).toFixed(1)
  }
  let path = ''
  let last: number | null = null
  for (const { at, value } of points) {
    if (value === null || at < from) {
      last = null
      continue
    }
    const joins = last !== null && at - last <= gapMs
    path += `${joins ? 'L' : 'M'}${x(at)} ${y(value)}`
    last = at
  }
  return path
}

/** The times a trend spans: all there is, a minute at the least, so that a few points do not stretch over it. */
export function spanOf(points: readonly Point[], spanMs: number): readonly [number, number] {
  const to = points.at(-1)?.at ?? 0
  const from = points[0]?.at ?? to
  return [to - Math.min(spanMs, Math.max(60_000, to - from)), to]
}
