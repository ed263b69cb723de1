import { dateFormatter, formatShortDate } from '@/core/time/format-time'
import { offsetText } from '@/core/time/zone-time'
import type { Period } from '@/core/trend/course'

/** From here on seconds say nothing. */
const LONG_MS = 3 * 86_400_000

/**
 * `26/11 15:02:10 – 15:17:10` by a plant's clock; the day of the end only where it is another, the year where
 * it is not this one, and how the clock stands where it was set meanwhile.
 */
export function periodText(
  { from, to }: Period,
  now: number,
  locale: string,
  timeZone: string | undefined,
): string {
  const year = dateFormatter(locale, timeZone, { year: 'numeric' })
  const hasYear = [from, to].some((ms) => year.format(ms) !== year.format(now))
  const isSet = offsetText(from, timeZone) !== offsetText(to, timeZone)
  const clock = dateFormatter(locale, timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(to - from < LONG_MS && { second: '2-digit' }),
  })
  const day = (ms: number): string => {
    const text = formatShortDate(ms, locale, timeZone)
    return hasYear ? `${text}/${year.format(ms)}` : text
  }
  const time = (ms: number): string =>
    isSet ? `${clock.format(ms)} (${offsetText(ms, timeZone)})` : clock.format(ms)
  const end = day(from) === day(to) ? time(to) : `${day(to)} ${time(to)}`
  return `${day(from)} ${time(from)} – ${end}`
}
