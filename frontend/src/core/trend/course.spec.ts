import { expect, it } from 'vitest'
import { COURSE_KIND, heightOf, lineHeight, placeOf, placesOf } from '@/core/trend/course'
import { samples } from '@/core/trend/course.fixture'

it.each([
  [[], 5, 0],
  [[1, 3, 5], 0, 0],
  [[1, 3, 5], 3, 1],
  [[1, 3, 5], 4, 2],
  [[1, 3, 5], 9, 3],
])('the first of %j not before %i is at %i', (times, at, place) => {
  expect(placeOf(times, at)).toBe(place)
})

it('looks one further at either side, for a line that comes from beyond', () => {
  const course = samples([10, 1], [20, 2], [30, 3], [40, 4], [50, 5])
  expect(placesOf(course, { from: 25, to: 35 })).toEqual([1, 4])
  expect(placesOf(course, { from: 0, to: 99 })).toEqual([0, 5])
})

it('has a height for what a line goes through', () => {
  const course = samples([10, 9007199254740993n], [20, true], [30, 7, 'BAD'], [40, null, null])
  expect([0, 1, 2, 3].map((place) => lineHeight(course, place))).toEqual([
    9007199254740992,
    1,
    null,
    null,
  ])
  expect(course.kind).toBe(COURSE_KIND.samples)
  expect(heightOf('RUN')).toBeNull()
})
