import { describe, expect, it } from 'vitest'
import { boundsOf, linePath, sparkPath, thinned } from '@/modules/dashboards/widgets/spark-path'

describe('sparkPath', () => {
  it('reaches from edge to edge', () => {
    expect(sparkPath([0, 10, 5], 100, 10)).toBe('M0.0 10.0L50.0 0.0L100.0 5.0')
  })

  it('breaks where nothing was, and needs two values', () => {
    expect(sparkPath([1, null, 1], 100, 10)).toBe('M0.0 5.0M100.0 5.0')
    expect(sparkPath([1], 100, 10)).toBe('')
    expect(sparkPath([null, null], 100, 10)).toBe('')
  })
})

describe('thinned', () => {
  const times = Array.from({ length: 1_000 }, (_, index) => index)

  it('keeps the peaks of what it thins', () => {
    const heights = times.map((time) => (time === 501 ? 99 : time === 502 ? -99 : 0))
    const points = thinned(times, heights, 0, 999, 50)
    expect(points.length).toBeLessThanOrEqual(100)
    expect(boundsOf(points)).toEqual({ low: -99, high: 99 })
    const order = points.map(({ at }) => at)
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  it('keeps gaps, and leaves out what is not in the period or no point of this pen', () => {
    const points = thinned([0, 1, 2, 3, 4], [1, undefined, null, 2, 3], 0, 3, 10)
    expect(points.map(({ height }) => height)).toEqual([1, null, 2])
    expect(linePath(points, boundsOf(points), 30, 10)).toBe('M0.0 10.0M30.0 0.0')
  })
})
