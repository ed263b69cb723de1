import { useI18n } from 'vue-i18n'
import type { MetricValue } from '@/contract/common'
import { decimalsOf, formatNumber, inferDataType, NO_VALUE } from '@/core/format/format-value'
import { useNumberLocale } from '@/core/i18n/i18n'
import { useValueText } from '@/core/reading/use-reading'
import { COURSE_KIND } from '@/core/trend/course'
import { PEN_SHAPE, type Pen } from '@/core/trend/pen'
import type { PenReading } from '@/core/trend/reading-at'
import type { Seen } from '@/core/trend/seen'

/** What a pen says, in words: the value, and of a bucket between what it lay. */
export interface ReadingTexts {
  value: string
  range: string
  mark: 'bad' | 'uncertain' | null
}

export interface PenTexts {
  reading: (pen: Pen, reading: PenReading) => ReadingTexts
  /** Least, mean and greatest of what is seen. */
  figures: (pen: Pen, seen: Seen) => { min: string; avg: string; max: string }
}

/** Puts what pens say into the language on screen; the words are those of the section `trend`. */
export function usePenTexts(): PenTexts {
  const { t } = useI18n()
  const locale = useNumberLocale()
  const valueText = useValueText()

  /** A figure, which of on and off is a share. */
  function figureText({ shape, decimals }: Pen, value: number | null, least = 0): string {
    if (value === null) return NO_VALUE
    if (shape !== PEN_SHAPE.switch) {
      return formatNumber(value, 'float', Math.max(decimals, least), locale.value)
    }
    const style = { style: 'percent', maximumFractionDigits: 0 } as const
    return t('trend.onShare', { share: new Intl.NumberFormat(locale.value, style).format(value) })
  }
  function extremeText(pen: Pen, value: MetricValue): string {
    if (typeof value === 'number' && pen.course.kind === COURSE_KIND.buckets) {
      return figureText(pen, value)
    }
    return exactText(pen, value)
  }
  function exactText({ decimals, shape }: Pen, value: MetricValue): string {
    const dataType = shape === PEN_SHAPE.step ? 'int' : inferDataType(value)
    return valueText({ value, dataType, decimals: Math.max(decimals, decimalsOf(value)) })
  }

  return {
    reading: (pen, reading) => {
      if (reading.kind === COURSE_KIND.samples) {
        const { value, quality } = reading
        const mark = ({ BAD: 'bad', UNCERTAIN: 'uncertain', GOOD: null } as const)[quality]
        return { value: exactText(pen, value), range: '', mark }
      }
      const { min, max, avg, count, nonGood } = reading
      const range = `${figureText(pen, min)} … ${figureText(pen, max)}`
      return {
        value: figureText(pen, avg, pen.shape === PEN_SHAPE.step ? 1 : 0),
        range: pen.shape === PEN_SHAPE.switch || min === max ? '' : range,
        mark: count === 0 && nonGood > 0 ? 'bad' : null,
      }
    },
    figures: (pen, { min, avg, max }) => {
      if (pen.shape === PEN_SHAPE.switch) return { min: '', avg: figureText(pen, avg), max: '' }
      return {
        min: extremeText(pen, min),
        avg: figureText(pen, avg, 1),
        max: extremeText(pen, max),
      }
    },
  }
}
