import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { formatCount } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import { COURSE_KIND, type Period } from '@/core/trend/course'
import type { Pen } from '@/core/trend/pen'
import { seenOf, type Seen } from '@/core/trend/seen'

const SECOND = { unit: 'second', ms: 1_000 } as const
const UNITS = [
  { unit: 'year', ms: 365 * 86_400_000 },
  { unit: 'month', ms: 30 * 86_400_000 },
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  SECOND,
] as const

export interface Summary {
  /** Of each pen, by its metric. */
  seen: ComputedRef<ReadonlyMap<string, Seen>>
  /** What is drawn, in words: a reader must know a mean from a measurement. */
  text: ComputedRef<string>
  isEmpty: ComputedRef<boolean>
}

/** What is seen of some pens. The words are those of the section `trend`. */
export function useSummary(pens: () => readonly Pen[], period: () => Period): Summary {
  const { t } = useI18n()
  const locale = useNumberLocale()

  const seen = computed(() => {
    const shown = period()
    return new Map(pens().map(({ metricId, course }) => [metricId, seenOf(course, shown)]))
  })

  function total(
    figure: 'points' | 'samples' | 'bad' | 'uncertain' | 'nonGood',
    of = pens(),
  ): number {
    return of.reduce((sum, { metricId }) => sum + (seen.value.get(metricId)?.[figure] ?? 0), 0)
  }
  function counted(
    key: 'trend.samples' | 'trend.bad' | 'trend.uncertain' | 'trend.nonGood',
    count: number,
  ): string[] {
    return count > 0 ? [t(key, { count: formatCount(count, locale.value) }, count)] : []
  }
  function lengthText(ms: number): string {
    const { unit, ms: size } = UNITS.find((each) => ms >= each.ms) ?? SECOND
    const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const
    return new Intl.NumberFormat(locale.value, options).format(ms / size)
  }

  /** Buckets of each length that is on screen, which is one but for a moment. */
  function bucketTexts(): string[] {
    const byLength = new Map<number, Pen[]>()
    for (const pen of pens()) {
      if (pen.course.kind !== COURSE_KIND.buckets) continue
      const { bucketMs } = pen.course
      byLength.set(bucketMs, [...(byLength.get(bucketMs) ?? []), pen])
    }
    return [...byLength].map(([bucketMs, ofLength]) => {
      const points = total('points', ofLength)
      const figures = {
        samples: formatCount(total('samples', ofLength), locale.value),
        points: formatCount(points, locale.value),
        every: lengthText(bucketMs),
      }
      return t('trend.buckets', figures, points)
    })
  }

  const text = computed(() => {
    const single = pens().filter(({ course }) => course.kind === COURSE_KIND.samples)
    const isFromHours = pens().some(
      ({ course }) => course.kind === COURSE_KIND.buckets && course.isFromHours,
    )
    return [
      ...bucketTexts(),
      ...counted('trend.samples', total('samples', single)),
      ...(isFromHours ? [t('trend.fromHours')] : []),
      ...counted('trend.bad', total('bad')),
      ...counted('trend.uncertain', total('uncertain')),
      ...counted('trend.nonGood', total('nonGood')),
    ].join(' · ')
  })
  return { seen, text, isEmpty: computed(() => total('points') === 0) }
}
