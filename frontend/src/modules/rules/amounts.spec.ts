import { expect, it } from 'vitest'
import { formatBytes, formatMany, withSign } from '@/modules/rules/amounts'

it.each([
  [0, '0\u00a0B'],
  [999, '999\u00a0B'],
  [1_000, '1\u00a0kB'],
  [999_600, '1\u00a0MB'],
  [1_234_567, '1,23\u00a0MB'],
  [44_910_067_200, '44,9\u00a0GB'],
  [5e18, '5000\u00a0PB'],
  [-2_500_000, '-2,5\u00a0MB'],
])('writes %d bytes as %j', (bytes, text) => {
  expect(formatBytes(bytes, 'es-AR')).toBe(text)
})

it('shortens what is many', () => {
  expect(formatMany(9_999, 'en-GB')).toBe('9,999')
  expect(formatMany(1_465_232_640, 'en-GB')).toBe('1.47bn')
})

it('writes the sign of a change', () => {
  expect(withSign('3', 3)).toBe('+3')
  expect(withSign('-3', -3)).toBe('−3')
  expect(withSign('0', 0)).toBe('0')
})
