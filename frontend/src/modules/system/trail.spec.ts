import { expect, it } from 'vitest'
import {
  growthOf,
  highest,
  lowest,
  pointsOf,
  ratesOf,
  remember,
  SPAN_MS,
  type Look,
} from '@/modules/system/trail'
import { spanOf, trendPath } from '@/modules/system/trend-path'

function look(at: number, received: number, part: Partial<Look> = {}): Look {
  return {
    at,
    startedAt: 0,
    received,
    failed: 0,
    missing: 0,
    reconnects: 0,
    lagMs: 5,
    spoolBytes: 0,
    memoryBytes: null,
    wsConnections: 1,
    databaseBytes: null,
    connections: {},
    ...part,
  }
}

const received = ({ received: count }: Look): number => count

it('counts by the second what came between two looks', () => {
  expect(ratesOf([look(0, 100), look(5_000, 200), look(7_500, 200)], received)).toEqual([
    { at: 5_000, value: 20 },
    { at: 7_500, value: 0 },
  ])
})

it('makes no rate over a restart', () => {
  const trail = [
    look(0, 900),
    look(5_000, 10, { startedAt: 4_000 }),
    look(6_000, 30, { startedAt: 4_000 }),
  ]
  expect(ratesOf(trail, received).map(({ value }) => value)).toEqual([null, 20])
  expect(growthOf(trail, received)).toBe(20)
})

it('forgets what is too long ago, and a look that is not newer', () => {
  const trail = remember([look(0, 1), look(SPAN_MS, 2)], look(SPAN_MS + 1, 3))
  expect(trail.map(({ at }) => at)).toEqual([SPAN_MS, SPAN_MS + 1])
  expect(remember(trail, look(SPAN_MS, 9)).map(({ received: count }) => count)).toEqual([9])
})

it('knows the highest and the lowest of what is known', () => {
  const points = pointsOf([look(0, 3), look(1, 9, { lagMs: null })], ({ lagMs }) => lagMs)
  expect([highest(points), lowest(points)]).toEqual([5, 5])
  expect(highest([])).toBeNull()
})

it('draws a line that breaks where nobody looked', () => {
  const points = [0, 5_000, 10_000, 60_000].map((at) => ({ at, value: at / 1_000 }))
  const path = trendPath(points, { width: 60, height: 60 }, [0, 60_000], [0, 60], 10_000)
  expect(path).toBe('M0.0 60.0L5.0 55.0L10.0 50.0M60.0 0.0')
})

it('spans a minute at the least and as long as is remembered at the most', () => {
  expect(spanOf([{ at: 100_000, value: 1 }], SPAN_MS)).toEqual([40_000, 100_000])
  const long = [0, 2 * SPAN_MS].map((at) => ({ at, value: 1 }))
  expect(spanOf(long, SPAN_MS)).toEqual([SPAN_MS, 2 * SPAN_MS])
})
