import { computed, type ComputedRef } from 'vue'
import { DATA_TYPE, type DataType } from '@/contract/common'
import { decimalsOf } from '@/core/format/format-value'
import { unitSymbol } from '@/core/format/units'
import { useNumberLocale } from '@/core/i18n/i18n'
import type { MetricCell } from '@/core/live/live-store'
import { COURSE_KIND, EMPTY_COURSE, type Course } from '@/core/trend/course'
import { shapeOf, type Pen } from '@/core/trend/pen'
import type { Slots } from '@/core/trend/slots'

/** What a metric is drawn with. */
interface Look {
  metricId: string
  slot: number
  unit: string | null
  dataType: DataType | undefined
  decimals: number
}

export interface TrendLooks {
  /** Metrics that a chart shows. */
  drawn: ComputedRef<Look[]>
  /** Texts, which have no height: their changes are listed. */
  listed: ComputedRef<string[]>
}

/** What the live cells tell of the metrics that are chosen. It changes rarely, however fast their values do. */
export function useTrendLooks(
  slots: () => Slots,
  cellOf: (metricId: string) => MetricCell | undefined,
): TrendLooks {
  const looks = computed<Look[]>((before) => {
    const now = slots().flatMap((metricId, slot): Look[] => {
      if (metricId === null) return []
      const { unit = null, dataType, decimals = 0 } = cellOf(metricId)?.reading.value ?? {}
      return [{ metricId, slot, unit, dataType, decimals }]
    })
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })
  const isText = ({ dataType }: Look): boolean => dataType === DATA_TYPE.string
  return {
    drawn: computed(() => looks.value.filter((look) => !isText(look))),
    listed: computed(() => looks.value.filter(isText).map(({ metricId }) => metricId)),
  }
}

/** The pens of what is drawn. */
export function useTrendPens(
  looks: () => readonly Look[],
  courses: () => ReadonlyMap<string, Course>,
): ComputedRef<Pen[]> {
  const locale = useNumberLocale()
  return computed(() =>
    looks().map(({ metricId, slot, unit, dataType, decimals }): Pen => {
      const course = courses().get(metricId) ?? EMPTY_COURSE
      return {
        metricId,
        name: metricId,
        slot,
        unit: unitSymbol(unit, locale.value),
        decimals: Math.max(decimals, decimalsIn(course)),
        shape: shapeOf(dataType, course),
        course,
      }
    }),
  )
}

/** Decimals that the newest samples need. */
function decimalsIn(course: Course): number {
  if (course.kind === COURSE_KIND.buckets) return 0
  return Math.max(0, ...course.values.slice(-20).map(decimalsOf))
}
