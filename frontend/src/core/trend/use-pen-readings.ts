import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useNumberLocale } from '@/core/i18n/i18n'
import { formatDateTime } from '@/core/time/format-time'
import type { Pen } from '@/core/trend/pen'
import { placeNear, readPlace } from '@/core/trend/reading-at'
import { usePenTexts, type ReadingTexts } from '@/core/trend/use-pen-texts'

/** Where pens are read, of which legends are made. */
export interface PenReadings {
  pens: readonly Pen[]
  /** The moment, or null for now. */
  cursor: number | null
  /** How far from the cursor a sample may be, in ms. */
  within: number
  timeZone: string | undefined
  /** The cursor moves by keys: whoever moves it so may be listening. */
  isSpoken?: boolean
}

/** What each pen says where the cursor is, in the words of the section `trend`. */
export function usePenReadings(source: () => PenReadings): {
  rows: ComputedRef<{ pen: Pen; at: ReadingTexts | null }[]>
  /** When that is; empty without a cursor. */
  time: ComputedRef<string>
  /** All of it in one text, if somebody listens. */
  spoken: ComputedRef<string>
} {
  const { t } = useI18n()
  const locale = useNumberLocale()
  const texts = usePenTexts()

  const rows = computed(() => {
    const { pens, cursor, within } = source()
    return pens.map((pen) => {
      const place = cursor === null ? null : placeNear(pen.course, cursor, within)
      const reading = place === null ? null : readPlace(pen.course, place)
      return { pen, at: reading && texts.reading(pen, reading) }
    })
  })
  const time = computed(() => {
    const { cursor, timeZone } = source()
    return cursor === null ? '' : formatDateTime(cursor, locale.value, timeZone)
  })
  const spoken = computed(() => {
    const { cursor, isSpoken } = source()
    if (isSpoken !== true || cursor === null) return ''
    const values = rows.value.map(
      ({ pen, at }) => `${pen.name}: ${at ? `${at.value} ${pen.unit}` : t('trend.nothing')}`,
    )
    return [time.value, ...values].join('. ')
  })
  return { rows, time, spoken }
}
