import { describe, expect, it } from 'vitest'
import {
  formatClockTime,
  formatDateTime,
  formatSince,
  isKnownTimeZone,
  splitAge,
} from '@/core/time/format-time'

const ZONE = 'America/Argentina/Buenos_Aires'
const AT = Date.parse('2025-01-08T18:05:09.000Z')

describe('splitAge', () => {
  it.each([
    [-10_000, null],
    [2_999, null],
    [3_000, { unit: 'second', count: 3 }],
    [59_999, { unit: 'second', count: 59 }],
    [60_000, { unit: 'minute', count: 1 }],
    [7_200_000, { unit: 'hour', count: 2 }],
    [200_000_000, { unit: 'day', count: 2 }],
  ])('%i ms', (ms, expected) => {
    expect(splitAge(ms)).toEqual(expected)
  })
})

it('writes 24 h times in the zone of the plant', () => {
  expect(formatClockTime(AT, 'es-AR', ZONE)).toBe('15:05:09')
  expect(formatClockTime(AT, 'en', ZONE)).toBe('15:05:09')
  expect(formatDateTime(AT, 'es-AR', ZONE)).toBe('08/01/2025, 15:05:09')
  expect(formatDateTime(AT, 'en-GB', ZONE)).toBe('08/01/2025, 15:05:09')
})

it('adds the date to a time that was not today', () => {
  expect(formatSince(AT, AT + 60_000, 'es-AR', ZONE)).toBe('15:05')
  expect(formatSince(AT, AT + 86_400_000, 'es-AR', ZONE)).toBe('08/01 15:05')
})

it('knows which zones it can show', () => {
  expect(isKnownTimeZone(ZONE)).toBe(true)
  expect(isKnownTimeZone('Planta/Uno')).toBe(false)
})
