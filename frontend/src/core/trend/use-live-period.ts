import { computed, type ComputedRef } from 'vue'
import { useClock } from '@/core/time/clock'
import type { Period } from '@/core/trend/course'
import { paceOf } from '@/core/trend/pace'
import { periodOf, type RangeName } from '@/core/trend/ranges'

/**
 * The period of a chart that nobody moves: up to now, whenever that is a pixel further. It stands
 * still while the chart is out of view.
 */
export function useLivePeriod(
  range: () => RangeName,
  width: number,
  isInView: () => boolean,
): ComputedRef<Period> {
  const clock = useClock()
  return computed<Period>((before) => {
    const period = periodOf({ range: range() }, clock.tick.value)
    if (!before || before.to - before.from !== period.to - period.from) return period
    return isInView() && period.to - before.to >= paceOf(period, width) ? period : before
  })
}
