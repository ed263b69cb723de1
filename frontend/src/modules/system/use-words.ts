import { useI18n } from 'vue-i18n'
import { formatCount, NO_VALUE } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import { useClock } from '@/core/time/clock'
import { dateFormatter, NOW_MS } from '@/core/time/format-time'
import { useAgeText } from '@/core/time/use-age-text'
import { useMoments } from '@/core/time/use-moments'
import { bytesText, millisText, plain, shareText } from '@/modules/system/amounts'

export interface SystemWords {
  bytes: (bytes: number | null) => string
  millis: (ms: number | null) => string
  share: (share: number | null) => string
  count: (count: number | null) => string
  number: (value: number, decimals?: number) => string
  /** `hace 3 min` */
  ago: (at: number | null) => string
  /** A length of time in its largest whole unit. */
  lasts: (seconds: number | null) => string
  /** A time, short. */
  moment: (at: number | null) => string
  full: (at: number | null) => string
  /** The day alone. */
  day: (at: number) => string
}

const DAY = { day: '2-digit', month: '2-digit', year: 'numeric' } as const

/** Numbers and times in the language on screen; what is not known is a dash. */
export function useSystemWords(): SystemWords {
  const { t } = useI18n()
  const locale = useNumberLocale()
  const clock = useClock()
  const ageText = useAgeText()
  const moments = useMoments()
  return {
    bytes: (bytes) => bytesText(bytes, locale.value),
    millis: (ms) => millisText(ms, locale.value),
    share: (share) => shareText(share, locale.value),
    count: (count) => (count === null ? NO_VALUE : formatCount(count, locale.value)),
    number: (value, decimals = 0) => plain(value, decimals, locale.value),
    ago: (at) => {
      if (at === null) return NO_VALUE
      const age = clock.tick.value - at
      return age < NOW_MS ? ageText(age) : t('age.ago', { age: ageText(age) })
    },
    lasts: (seconds) => {
      if (seconds === null) return NO_VALUE
      return seconds * 1_000 < NOW_MS
        ? t('age.second', { count: Math.max(0, Math.round(seconds)) })
        : ageText(seconds * 1_000)
    },
    moment: (at) => (at === null ? NO_VALUE : moments.short(at)),
    full: (at) => (at === null ? NO_VALUE : moments.full(at)),
    day: (at) => dateFormatter(locale.value, undefined, DAY).format(at),
  }
}
