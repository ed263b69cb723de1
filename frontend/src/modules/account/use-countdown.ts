import { computed, shallowRef, type ComputedRef } from 'vue'
import { useClock } from '@/core/time/clock'

export interface Countdown {
  /** Whole seconds still to wait. */
  seconds: ComputedRef<number>
  start: (seconds: number) => void
}

/** Counts down once a second by this device's own clock, which is the one that waits. */
export function useCountdown(): Countdown {
  const clock = useClock()
  const until = shallowRef(0)
  return {
    seconds: computed(() => {
      void clock.tick.value
      return Math.max(0, Math.ceil((until.value - Date.now()) / 1_000))
    }),
    start: (seconds) => {
      until.value = Date.now() + seconds * 1_000
    },
  }
}

/** `45 s`, `2 min 05 s`: the same in both languages. */
export function formatCountdown(seconds: number): string {
  if (seconds < 60) return `${String(seconds)} s`
  const rest = String(seconds % 60).padStart(2, '0')
  return `${String(Math.floor(seconds / 60))} min ${rest} s`
}
