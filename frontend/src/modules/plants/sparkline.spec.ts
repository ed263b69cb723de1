import { expect, it } from 'vitest'
import { sparkPath } from '@/modules/plants/sparkline'

it.each([
  ['too little to draw', [1], ''],
  ['nothing numeric', [null, null], ''],
  ['a rise', [0, 5, 10], 'M0.0 10.0L10.0 5.0L20.0 0.0'],
  ['a flat signal', [7, 7], 'M0.0 5.0L20.0 5.0'],
  ['a hole', [0, null, 10], 'M0.0 10.0M20.0 0.0'],
])('%s', (_name, values, expected) => {
  expect(sparkPath(values, 20, 10)).toBe(expected)
})
