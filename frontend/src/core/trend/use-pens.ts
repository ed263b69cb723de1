import { computed, type ComputedRef } from 'vue'
import { DATA_TYPE, type DataType } from '@/contract/common'
import { decimalsOf } from '@/core/format/format-value'
import { unitSymbol } from '@/core/format/units'
import { useNumberLocale } from '@/core/i18n/i18n'
import type { MetricCell } from '@/core/live/live-store'
import { COURSE_KIND, EMPTY_COURSE, type Course } from '@/core/trend/course'
import { shapeOf, type Pen } from '@/core/trend/pen'

/** A metric that somebody chose to be drawn, and how. */
export type PenChoice = Pick<Pen, 'metricId' | 'name' | 'slot' | 'side'>

/** What a metric is drawn with. */
export interface PenLook extends PenChoice {
  unit: string | null
  dataType: DataType | undefined
  decimals: number
}

/** What the live cells tell of the metrics that are chosen. It changes rarely, however fast their values do. */
export function usePenLooks(
  choices: () => readonly PenChoice[],
  cellOf: (metricId: string) => MetricCell | undefined,
): ComputedRef<PenLook[]> {
  return computed<PenLook[]>((before) => {
    const now = choices().map((choice): PenLook => {
      const { unit = null, dataType, decimals = 0 } = cellOf(choice.metricId)?.reading.value ?? {}
      return { ...choice, unit, dataType, decimals }
    })
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })
}

/** A text has no height. */
export function isText({ dataType }: PenLook): boolean {
  return dataType === DATA_TYPE.string
}

/** The pens of what is drawn. */
export function usePens(
  looks: () => readonly PenLook[],
  courses: () => ReadonlyMap<string, Course>,
): ComputedRef<Pen[]> {
  const locale = useNumberLocale()
  return computed(() =>
    looks().map(({ unit, dataType, decimals, ...choice }): Pen => {
      const course = courses().get(choice.metricId) ?? EMPTY_COURSE
      return {
        ...choice,
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
