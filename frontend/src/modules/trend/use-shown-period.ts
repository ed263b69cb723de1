import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { useClock } from '@/core/time/clock'
import type { Period } from '@/core/trend/course'
import { notAfter, periodOf, rounded, type Span } from '@/core/trend/ranges'

/** A gesture is over when nothing moves for so long: then what it shows is fetched and kept in the address. */
const SETTLE_MS = 300

export interface ShownPeriod {
  /** What is on screen: the span, or where a gesture has moved it. */
  period: ComputedRef<Period>
  /** Follows a gesture. */
  follow: (period: Period) => void
  /** Shows the span again. */
  reset: () => void
}

/** The period on screen, which a gesture moves at once and the address a moment later. */
export function useShownPeriod(span: () => Span, onSettled: (span: Period) => void): ShownPeriod {
  const clock = useClock()
  const moved = shallowRef<Period | null>(null)
  let settle: ReturnType<typeof setTimeout> | undefined

  function reset(): void {
    clearTimeout(settle)
    moved.value = null
  }
  watch(() => JSON.stringify(span()), reset, { flush: 'sync' })
  onScopeDispose(() => {
    clearTimeout(settle)
  })

  return {
    period: computed(() => moved.value ?? periodOf(span(), clock.tick.value)),
    follow: (period) => {
      moved.value = notAfter(period, Math.max(clock.now(), period.from + 1_000))
      clearTimeout(settle)
      settle = setTimeout(() => {
        if (moved.value) onSettled(rounded(moved.value))
      }, SETTLE_MS)
    },
    reset,
  }
}
