import { describe, expect, it } from 'vitest'
import { buckets, samples } from '@/core/trend/course.fixture'
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
  it('keeps the peaks of what it thins', () => {
    const times = Array.from({ length: 1_000 }, (_, index) => index)
    const course = samples(
      ...times.map((time): [number, number] => [time, time === 501 ? 99 : time === 502 ? -99 : 0]),
    )
    const points = thinned(course, { from: 0, to: 999 }, 50)
    expect(points.length).toBeLessThanOrEqual(100)
    expect(boundsOf(points)).toEqual({ low: -99, high: 99 })
    const order = points.map(({ at }) => at)
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  it('keeps gaps, and leaves out what is bad or not in the period', () => {
    const course = samples([0, 1], [1, null, null], [2, 2], [3, -32_768, 'BAD'], [4, 3])
    const points = thinned(course, { from: 0, to: 4 }, 10)
    expect(points.map(({ height }) => height)).toEqual([1, null, 2, null])
    expect(linePath(points, boundsOf(points), 40, 10)).toBe('M0.0 10.0M20.0 0.0')
  })

  it('reaches from the least to the most of each bucket', () => {
    const figures = { min: 1, avg: 2, max: 9, count: 60 }
    const points = thinned(buckets(60_000, [0, figures]), { from: 0, to: 60_000 }, 10)
    expect(points).toEqual([
      { at: 0.5, height: 1 },
      { at: 0.5, height: 9 },
    ])
  })
})
