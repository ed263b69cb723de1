import { expect, it } from 'vitest'
import { gapLimit } from '@/core/trend/gaps'

it.each([
  ['an even signal', [0, 1_000, 2_000, 3_000, 4_000, 5_000], 4_000],
  ['one that had a pause', [0, 1_000, 2_000, 3_000, 4_000, 90_000], 4_000],
  ['a fast, uneven source', [0, 100, 200, 300, 400, 1_400], 1_500],
  ['too little to judge by', [0, 1_000, 50_000], Infinity],
  ['nothing', [], Infinity],
])('%s', (_name, times, limit) => {
  expect(gapLimit(times)).toBe(limit)
})

it('judges by what is usual now', () => {
  const slow = Array.from({ length: 500 }, (_, index) => index * 10_000)
  const fast = Array.from({ length: 500 }, (_, index) => 5_000_000 + index * 1_000)
  expect(gapLimit([...slow, ...fast])).toBe(4_000)
})
