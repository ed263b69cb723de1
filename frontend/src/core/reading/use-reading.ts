import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { formatNumber, NO_VALUE } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import { useLive } from '@/core/live/live'
import type { PlcIdentity } from '@/core/live/live-store'
import { isStale, readingState, type Reading, type ReadingState } from '@/core/reading/reading'
import { useClock } from '@/core/time/clock'
import { NOW_MS } from '@/core/time/format-time'
import { useAgeText } from '@/core/time/use-age-text'

export interface ReadingView {
  text: ComputedRef<string>
  state: ComputedRef<ReadingState>
  /** Also true of a bad value: it is dimmed as well as struck. */
  stale: ComputedRef<boolean>
  age: ComputedRef<string>
}

/** How a reading is put on screen right now; `plc` says whose it is where there are several. */
export function useReading(
  source: MaybeRefOrGetter<Reading>,
  plc: () => PlcIdentity | undefined = () => undefined,
): ReadingView {
  const live = useLive()
  const clock = useClock()
  const ageText = useAgeText()
  const valueText = useValueText()
  // In the steps in which it is shown: a value that comes five times a second is always "now".
  const ageMs = computed(() => {
    const ms = clock.tick.value - toValue(source).ts
    return ms < NOW_MS ? 0 : ms - (ms % 1_000)
  })
  const isRenewed = computed(() => {
    const identity = plc()
    return identity ? live.isRenewed(identity) : live.fresh.value
  })
  const stale = computed(() => isStale(toValue(source).ts, clock.tick.value, isRenewed.value))
  return {
    text: computed(() => valueText(toValue(source))),
    state: computed(() => readingState(toValue(source).quality, stale.value)),
    stale,
    age: computed(() => ageText(ageMs.value)),
  }
}

/** The value alone, in the language on screen. */
export function useValueText(): (
  reading: Pick<Reading, 'value' | 'dataType' | 'decimals'>,
) => string {
  const { t } = useI18n()
  const locale = useNumberLocale()
  return ({ value, dataType, decimals }) => {
    if (value === null) return NO_VALUE
    if (typeof value === 'boolean') return t(value ? 'reading.on' : 'reading.off')
    if (typeof value === 'string') return value
    return formatNumber(value, dataType, decimals, locale.value)
  }
}
