import { dateFormatter, formatShortDate } from '@/core/time/format-time'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const YEAR = 365 * DAY

/**
 * Labels of the time axis in the plant's zone, 24 h. A day's first label is its date, so that a
 * longer period can be read without guessing; so is the first label of all where days follow days.
 */
export function timeLabels(
  splits: readonly number[],
  stepMs: number,
  locale: string,
  timeZone: string | undefined,
): string[] {
  const clock = dateFormatter(locale, timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(stepMs < MINUTE && { second: '2-digit' }),
    ...(stepMs < SECOND && { fractionalSecondDigits: 1 as const }),
  })
  const month = dateFormatter(locale, timeZone, { month: '2-digit', year: 'numeric' })
  const year = dateFormatter(locale, timeZone, { year: 'numeric' })
  return splits.map((ms) => {
    if (stepMs >= YEAR) return year.format(ms)
    if (stepMs >= 28 * DAY) return month.format(ms)
    const text = clock.format(ms)
    const isMidnight = /^0?0:00(:00)?([.,]0)?$/.test(text)
    if (stepMs < DAY && !isMidnight) return text
    return formatShortDate(ms, locale, timeZone)
  })
}
