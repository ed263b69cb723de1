import { describe, expect, it } from 'vitest'
import { buckets, samples } from '@/core/trend/course.fixture'
import { markBeyond, markNear, placeNear, readPlace } from '@/core/trend/reading-at'

const SAMPLES = samples([0, 1], [100, 2], [200, null, null], [300, 4, 'BAD'])
const BUCKETS = buckets(
  100,
  [0, { min: 1, avg: 2, max: 3, count: 10 }],
  [100, null],
  [200, { min: 4, avg: 5, max: 6, count: 8, nonGood: 2 }],
)

describe('what is read at a moment', () => {
  it.each([
    [0, 0],
    [40, 0],
    [90, 1],
    // A gap is nothing to read, and what is too far off is not quoted.
    [200, null],
    [270, 3],
    [900, null],
  ])('samples at %i', (at, place) => {
    expect(placeNear(SAMPLES, at, 45)).toBe(place)
  })

  it.each([
    [0, 0],
    [99, 0],
    [150, null],
    [210, 2],
    [299, 2],
    [420, null],
  ])('buckets at %i', (at, place) => {
    expect(placeNear(BUCKETS, at, 20)).toBe(place)
  })

  it('is a sample, or what there was in a bucket', () => {
    expect(readPlace(SAMPLES, 3)).toEqual({ kind: 'samples', time: 300, value: 4, quality: 'BAD' })
    expect(readPlace(SAMPLES, 2)).toBeNull()
    expect(readPlace(BUCKETS, 2)).toMatchObject({
      time: 200,
      until: 300,
      min: 4,
      count: 8,
      nonGood: 2,
    })
    expect(readPlace(BUCKETS, 1)).toBeNull()
  })

  it('holds to what was measured, of any pen', () => {
    expect(markNear([SAMPLES, samples([60, 7])], 70, 50)).toBe(60)
    expect(markNear([samples()], 70, 50)).toBeNull()
  })
})

describe('steps', () => {
  const all = { from: 0, to: 1_000 }
  it.each([
    [0, 1, 100],
    [100, 1, 300],
    [300, -1, 100],
    [100, -1, 0],
    [0, -1, null],
    [300, 1, null],
  ])('from %i by %i', (at, step, next) => {
    expect(markBeyond([SAMPLES], at, step, all)).toBe(next)
  })

  it('go to the closest of all pens, by at least as much as is asked', () => {
    expect(markBeyond([SAMPLES, samples([10, 1], [50, 1])], 0, 1, all)).toBe(10)
    expect(markBeyond([SAMPLES, samples([10, 1], [50, 1])], 0, 20, all)).toBe(50)
  })

  it('stay on screen', () => {
    expect(markBeyond([SAMPLES], 0, 1, { from: 0, to: 50 })).toBeNull()
  })
})
