import { expect, it } from 'vitest'
import { formatCountdown } from '@/modules/account/use-countdown'

it.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min 00 s'],
  [125, '2 min 05 s'],
])('%i seconds: %s', (seconds, text) => {
  expect(formatCountdown(seconds)).toBe(text)
})
