import { dateFormatter } from '@/core/time/format-time'

const DAY_MS = 86_400_000

/** How far a clock of the zone is ahead of UTC at a moment, in ms. */
export function zoneOffset(ms: number, timeZone: string | undefined): number {
  const parts = dateFormatter('en-GB', timeZone, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(ms)
  const part = (type: string): number =>
    Number(parts.find((each) => each.type === type)?.value ?? Number.NaN)
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wall - Math.floor(ms / 1_000) * 1_000
}

/** What a clock of the zone shows, as `2025-01-08T15:04:05`: the words of a `datetime-local` field. */
export function wallTime(ms: number, timeZone: string | undefined): string {
  return new Date(ms + zoneOffset(ms, timeZone)).toISOString().slice(0, 19)
}

/**
 * The moment at which a clock of the zone shows this. Where it shows it twice, `pick` says which; where
 * it never does, as late after the change as the clock would have been.
 */
export function wallInstant(
  text: string,
  timeZone: string | undefined,
  pick: 'first' | 'last' = 'first',
): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return null
  const wall = Date.parse(`${text}Z`)
  if (Number.isNaN(wall)) return null
  const before = wall - zoneOffset(wall - DAY_MS, timeZone)
  const after = wall - zoneOffset(wall + DAY_MS, timeZone)
  const shown = [before, after].filter((ms) => ms + zoneOffset(ms, timeZone) === wall)
  if (shown.length === 0) return before
  return pick === 'first' ? Math.min(...shown) : Math.max(...shown)
}

/**
 * The moment a field for a time stands for: as it was before, if the field still shows that, for a clock
 * that was set back shows two moments alike.
 */
export function editedInstant(
  text: string,
  before: number,
  timeZone: string | undefined,
  pick?: 'first' | 'last',
): number | null {
  return wallTime(before, timeZone) === text ? before : wallInstant(text, timeZone, pick)
}

/** Where the day of the zone in which the moment lies begins, or another one so many days from it. */
export function dayStart(ms: number, timeZone: string | undefined, daysOn = 0): number {
  const noon = Date.parse(`${wallTime(ms, timeZone).slice(0, 10)}T12:00:00Z`) + daysOn * DAY_MS
  const date = new Date(noon).toISOString().slice(0, 10)
  return wallInstant(`${date}T00:00`, timeZone) ?? ms
}

/** `UTC−3`, `UTC+5:30` */
export function offsetText(ms: number, timeZone: string | undefined): string {
  const minutes = Math.round(zoneOffset(ms, timeZone) / 60_000)
  const size = Math.abs(minutes)
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`
  return `UTC${minutes < 0 ? '−' : '+'}${String(Math.floor(size / 60))}${rest}`
}
