import { expect, it } from 'vitest'
import { endOf, lifeOf } from '@/modules/admin/keys/key-life'

const NOW = Date.parse('2025-01-08T18:00:00.000Z')
const DAY = 86_400_000

it('ends after the days that were chosen, or not by itself', () => {
  expect(endOf('ever', NOW)).toBeNull()
  expect(endOf('30', NOW)).toBe('2025-02-07T18:00:00.000Z')
})

it.each([
  [null, 'holds'],
  [NOW + 31 * DAY, 'holds'],
  [NOW + 30 * DAY, 'endsSoon'],
  [NOW + 1, 'endsSoon'],
  [NOW, 'ended'],
  [NOW - DAY, 'ended'],
] as const)('%s: %s', (expiresAt, life) => {
  expect(lifeOf(expiresAt, NOW)).toBe(life)
})
