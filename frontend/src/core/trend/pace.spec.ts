import { expect, it } from 'vitest'
import { paceOf } from '@/core/trend/pace'

it.each([
  ['a few minutes', 5 * 60_000, 1_200, 250],
  ['an hour', 3_600_000, 1_200, 3_000],
  ['a week', 7 * 86_400_000, 1_200, 5_000],
  ['no room at all', 3_600_000, 0, 5_000],
])('draws %s anew when it moves by a pixel', (_name, ms, width, pace) => {
  expect(paceOf({ from: 0, to: ms }, width)).toBe(pace)
})
