import { useNumberLocale } from '@/core/i18n/i18n'
import { useClock } from '@/core/time/clock'
import { formatDateTime, formatSince } from '@/core/time/format-time'
import { ownZone } from '@/core/time/zones'

export interface Moments {
  /** The time alone when it was today, with its day, or with its year as well. */
  short: (ms: number) => string
  /** With date, seconds and the zone. */
  full: (ms: number) => string
}

/** Times of people and machines, as they are where they are read. */
export function useMoments(): Moments {
  const locale = useNumberLocale()
  const clock = useClock()
  return {
    short: (ms) => {
      const now = clock.now()
      const isThisYear = new Date(ms).getFullYear() === new Date(now).getFullYear()
      return isThisYear
        ? formatSince(ms, now, locale.value)
        : formatDateTime(ms, locale.value).slice(0, -':00'.length)
    },
    full: (ms) => `${formatDateTime(ms, locale.value)} (${ownZone()})`,
  }
}
