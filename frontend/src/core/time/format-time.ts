/** Whole units, largest first; the words come from the messages (`age.*`). */
const AGE_UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const
export type AgeUnit = (typeof AGE_UNITS)[number]['unit']

export interface Age {
  unit: AgeUnit
  count: number
}

/** Below this an age is just "now": the reader gains nothing from a number that flickers. */
export const NOW_MS = 3_000

/** An age in its largest whole unit, or `null` for "now" (a source clock that runs ahead counts too). */
export function splitAge(ageMs: number): Age | null {
  if (ageMs < NOW_MS) return null
  const found = AGE_UNITS.find(({ ms }) => ageMs >= ms)
  return found ? { unit: found.unit, count: Math.floor(ageMs / found.ms) } : null
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** `Intl` formatters are dear to make and are asked for on every frame: they are kept. */
export function dateFormatter(
  locale: string,
  timeZone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale}|${timeZone ?? ''}|${JSON.stringify(options)}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone, hourCycle: 'h23' })
    formatters.set(key, formatter)
  }
  return formatter
}

const CLOCK_TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const DATE = { day: '2-digit', month: '2-digit', year: 'numeric' } as const

/** `14:05:09` */
export function formatClockTime(ms: number, locale: string, timeZone?: string): string {
  return dateFormatter(locale, timeZone, CLOCK_TIME).format(ms)
}

/** `08/01/2025, 14:05:09` in the order of the language */
export function formatDateTime(ms: number, locale: string, timeZone?: string): string {
  return dateFormatter(locale, timeZone, { ...DATE, ...CLOCK_TIME }).format(ms)
}

/**
 * `08/01`, day before month in both languages. Taken from the full date, because ICU forgets the
 * zeros when a Spanish date has no year.
 */
export function formatShortDate(ms: number, locale: string, timeZone?: string): string {
  const parts = dateFormatter(locale, timeZone, DATE).formatToParts(ms)
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('day')}/${part('month')}`
}

/** The time alone when it was today, the date before it otherwise. */
export function formatSince(ms: number, now: number, locale: string, timeZone?: string): string {
  const day = dateFormatter(locale, timeZone, DATE)
  const time = dateFormatter(locale, timeZone, { hour: '2-digit', minute: '2-digit' }).format(ms)
  const isToday = day.format(ms) === day.format(now)
  return isToday ? time : `${formatShortDate(ms, locale, timeZone)} ${time}`
}

/** Whether this browser knows the zone; a name it does not know would make `Intl` throw. */
export function isKnownTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}
