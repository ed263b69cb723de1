import { expect, it } from 'vitest'
import { buckets, samples } from '@/core/trend/course.fixture'
import { seenOf } from '@/core/trend/seen'

it('counts samples, and their figures without what is bad', () => {
  const course = samples(
    [0, 1],
    [10, 5],
    [20, 90, 'BAD'],
    [30, 3, 'UNCERTAIN'],
    [40, null, null],
    [50, 9],
  )
  expect(seenOf(course, { from: 5, to: 45 })).toEqual({
    points: 3,
    samples: 3,
    bad: 1,
    uncertain: 1,
    nonGood: 0,
    min: 3,
    max: 5,
    avg: 4,
  })
})

it('keeps the last digit of a sample', () => {
  const { min, max } = seenOf(samples([0, 9007199254740993n], [1, 9007199254740995n]), {
    from: 0,
    to: 9,
  })
  expect([min, max]).toEqual([9007199254740993n, 9007199254740995n])
})

it('counts what buckets stand for, those at the edges included', () => {
  const course = buckets(
    10,
    [0, { min: 1, avg: 2, max: 3, count: 30 }],
    [10, { min: 0, avg: 8, max: 9, count: 10, nonGood: 5 }],
    [20, null],
    [90, { min: -9, avg: 0, max: 99, count: 1 }],
  )
  expect(seenOf(course, { from: 5, to: 50 })).toEqual({
    points: 2,
    samples: 45,
    bad: 0,
    uncertain: 0,
    nonGood: 5,
    min: 0,
    max: 9,
    avg: (2 * 30 + 8 * 10) / 40,
  })
})

it('has no figures of nothing', () => {
  expect(seenOf(samples(), { from: 0, to: 1 })).toMatchObject({ points: 0, min: null, avg: null })
})
