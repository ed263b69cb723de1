import { expect, it } from 'vitest'
import { isSameJson } from '@/core/json/same-json'

it.each([
  [1, 1, true],
  [1, 2, false],
  [9007199254740993n, 9007199254740993n, true],
  [9007199254740993n, 9007199254740992n, false],
  [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: undefined }, { b: undefined }, true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  ['1', 1, false],
])('compares %o with %o', (a, b, same) => {
  expect(isSameJson(a, b)).toBe(same)
  expect(isSameJson(b, a)).toBe(same)
})
