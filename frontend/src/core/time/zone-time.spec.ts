import { describe, expect, it } from 'vitest'
import {
  dayStart,
  editedInstant,
  offsetText,
  wallInstant,
  wallTime,
  zoneOffset,
} from '@/core/time/zone-time'

const BUENOS_AIRES = 'America/Argentina/Buenos_Aires'
const at = (text: string): number => Date.parse(text)

describe('the clock of a plant', () => {
  it.each([
    [BUENOS_AIRES, '2026-03-01T02:30:00Z', '2026-02-28T23:30:00', 'UTC−3'],
    ['UTC', '2026-03-01T02:30:00Z', '2026-03-01T02:30:00', 'UTC+0'],
    ['Asia/Kolkata', '2026-03-01T02:30:00Z', '2026-03-01T08:00:00', 'UTC+5:30'],
    ['Europe/Madrid', '2026-07-01T02:30:00Z', '2026-07-01T04:30:00', 'UTC+2'],
    // Before zones were whole minutes.
    [BUENOS_AIRES, '1890-01-01T12:00:00Z', '1890-01-01T08:06:12', 'UTC−3:54'],
  ])('in %s at %s', (zone, instant, wall, offset) => {
    expect(wallTime(at(instant), zone)).toBe(wall)
    expect(wallInstant(wall, zone)).toBe(at(instant))
    expect(offsetText(at(instant), zone)).toBe(offset)
  })

  it('shows a moment twice when it is set back: the first one is meant', () => {
    expect(wallInstant('2026-10-25T02:30', 'Europe/Madrid')).toBe(at('2026-10-25T00:30:00Z'))
  })

  it('may mean the second as well, and what a field showed before', () => {
    const second = at('2026-10-25T01:30:00Z')
    expect(wallInstant('2026-10-25T02:30', 'Europe/Madrid', 'last')).toBe(second)
    expect(editedInstant('2026-10-25T02:30:00', second, 'Europe/Madrid')).toBe(second)
    const other = at('2026-10-25T00:31:00Z')
    expect(editedInstant('2026-10-25T02:31:00', second, 'Europe/Madrid')).toBe(other)
  })

  it('skips an hour when it is set on: what it would have shown is meant', () => {
    expect(wallInstant('2026-03-29T02:30', 'Europe/Madrid')).toBe(at('2026-03-29T01:30:00Z'))
  })

  it.each(['', '2026-03-01', '2026-13-01T00:00', 'soon'])('does not show "%s"', (text) => {
    expect(wallInstant(text, BUENOS_AIRES)).toBeNull()
  })

  it('has whole seconds, whatever the moment has', () => {
    expect(zoneOffset(at('2026-03-01T02:30:00Z') + 999, BUENOS_AIRES)).toBe(-3 * 3_600_000)
    expect(zoneOffset(-1, BUENOS_AIRES)).toBe(-3 * 3_600_000)
  })
})

describe('days of a plant', () => {
  it.each([
    [BUENOS_AIRES, '2026-03-01T02:30:00Z', 0, '2026-02-28T03:00:00Z'],
    [BUENOS_AIRES, '2026-03-01T02:30:00Z', 1, '2026-03-01T03:00:00Z'],
    [BUENOS_AIRES, '2026-03-01T02:30:00Z', -1, '2026-02-27T03:00:00Z'],
    // The day before was an hour shorter.
    ['Europe/Madrid', '2026-03-30T12:00:00Z', 0, '2026-03-29T22:00:00Z'],
    ['Europe/Madrid', '2026-03-30T12:00:00Z', -1, '2026-03-28T23:00:00Z'],
    // Midnight itself does not come in Santiago that day.
    ['America/Santiago', '2026-09-06T12:00:00Z', 0, '2026-09-06T04:00:00Z'],
  ])('in %s, %s and %i', (zone, instant, daysOn, start) => {
    expect(new Date(dayStart(at(instant), zone, daysOn)).toISOString()).toBe(
      start.replace('Z', '.000Z'),
    )
  })
})
