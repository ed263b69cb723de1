import { dateFormatter, formatShortDate } from '@/core/time/format-time'

const DAY_SECONDS = 86_400

/**
 * Labels of the time axis in the plant's zone, 24 h. A day's first label is its date, so that a
 * longer period can be read without guessing.
 */
export function timeLabels(
  splits: readonly number[],
  stepSeconds: number,
  locale: string,
  timeZone: string | undefined,
): string[] {
  const clock = dateFormatter(locale, timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(stepSeconds < 60 && { second: '2-digit' }),
  })
  return splits.map((seconds) => {
    const text = clock.format(seconds * 1_000)
    const isMidnight = /^0?0:00(:00)?$/.test(text)
    if (stepSeconds < DAY_SECONDS && !isMidnight) return text
    return formatShortDate(seconds * 1_000, locale, timeZone)
  })
}
