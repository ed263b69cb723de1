import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import type { WidgetContent } from '@/contract/dashboards'
import { unitSymbol } from '@/core/format/units'
import { useNumberLocale } from '@/core/i18n/i18n'
import type { MetricCell } from '@/core/live/live-store'
import { READING_STATE, type Reading } from '@/core/reading/reading'
import { useReading, type ReadingView } from '@/core/reading/use-reading'
import { DRAWING, drawQueue } from '@/core/ui/draw-queue'
import { limitBeyond, type LimitName, type Limits } from '@/modules/dashboards/model/options'

/** How a reading is shown, with the reading itself. */
export interface ShownReading extends ReadingView {
  reading: Readonly<Ref<Reading>>
}

export interface WidgetReading extends ShownReading {
  unit: ComputedRef<string>
  /** How many characters it had at most: the size of the letters does not change back and forth. */
  characters: ComputedRef<number>
  /** The value as a number, where it is one that can be trusted. */
  number: ComputedRef<number | null>
}

/** The reading a widget shows: with the decimals its options ask for, and its own unit where the metric names none. */
export function useWidgetReading(
  cell: () => MetricCell,
  widget: () => WidgetContent,
  decimals: () => number | null = () => null,
): WidgetReading {
  const locale = useNumberLocale()
  const newest = useTurn(() => cell().reading.value, cell)
  const reading = computed(() => {
    const asked = decimals()
    return asked === null ? newest.value : { ...newest.value, decimals: asked }
  })
  const view = useReading(reading)
  let most = 0
  let isOfText = false
  return {
    ...view,
    reading,
    characters: computed(() => {
      const isText = typeof reading.value.value === 'string'
      const { length } = view.text.value
      // A word is as long as it is; the next one is another.
      most = isText || isText !== isOfText ? length : Math.max(most, length)
      isOfText = isText
      return most
    }),
    unit: computed(() => unitSymbol(reading.value.unit ?? widget().unit, locale.value)),
    number: computed(() => {
      const { value } = reading.value
      if (view.state.value === READING_STATE.bad) return null
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null
    }),
  }
}

/** A value among hundreds, which follows its source as soon as there is room in a frame; at once where that is another. */
function useTurn<Value>(source: () => Value, subject: () => unknown): Readonly<Ref<Value>> {
  const value = shallowRef(source())
  const follow = (): void => {
    value.value = source()
  }
  watch(
    source,
    () => {
      drawQueue.request(follow, DRAWING.tile)
    },
    { flush: 'sync' },
  )
  watch(subject, follow, { flush: 'sync' })
  onScopeDispose(() => {
    drawQueue.cancel(follow)
  })
  return value
}

/** Which limit a trustworthy value is beyond. A stale one says nothing of now. */
export function useLimit(
  { number, stale }: Pick<WidgetReading, 'number' | 'stale'>,
  limits: () => Limits,
): ComputedRef<LimitName | null> {
  return computed(() =>
    number.value === null || stale.value ? null : limitBeyond(number.value, limits()),
  )
}
