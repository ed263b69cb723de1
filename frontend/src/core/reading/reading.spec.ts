import { describe, expect, it } from 'vitest'
import { isStale, readingState, STALE_AFTER_MS } from '@/core/reading/reading'

describe('isStale', () => {
  it.each([
    ['just now', 0, true, false],
    ['at the limit', STALE_AFTER_MS, true, false],
    ['past the limit', STALE_AFTER_MS + 1, true, true],
    ['a source clock that runs ahead', -5_000, true, false],
    ['fresh value, link lost', 0, false, true],
  ])('%s', (_name, age, linkFresh, expected) => {
    const now = 1_736_359_200_000
    expect(isStale(now - age, now, linkFresh)).toBe(expected)
  })
})

describe('readingState', () => {
  it.each([
    ['GOOD', false, 'good'],
    ['GOOD', true, 'stale'],
    ['UNCERTAIN', false, 'uncertain'],
    ['UNCERTAIN', true, 'stale'],
    ['BAD', false, 'bad'],
    ['BAD', true, 'bad'],
  ] as const)('%s, stale %s: %s', (quality, stale, expected) => {
    expect(readingState(quality, stale)).toBe(expected)
  })
})
