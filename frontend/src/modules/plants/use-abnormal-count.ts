import { readonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useLive } from '@/core/live/live'
import type { PlcIdentity } from '@/core/live/live-store'
import { isStale } from '@/core/reading/reading'
import { useClock } from '@/core/time/clock'

export interface AbnormalCount {
  metrics: number
  bad: number
  stale: number
}

/**
 * Counts over many PLCs, taken once a second (and at once when the link changes): following every
 * value of a plant would cost more than drawing it.
 */
export function useAbnormalCount(
  plcs: () => readonly PlcIdentity[],
): Readonly<ShallowRef<AbnormalCount>> {
  const live = useLive()
  const clock = useClock()
  const count = shallowRef<AbnormalCount>({ metrics: 0, bad: 0, stale: 0 })

  watch(
    [clock.tick, live.fresh, live.store.roster, plcs],
    () => {
      const next = { metrics: 0, bad: 0, stale: 0 }
      const now = clock.now()
      for (const identity of plcs()) {
        const isRenewed = live.isRenewed(identity)
        for (const cell of live.store.plc(identity).cells.value) {
          const { quality, ts } = cell.reading.value
          next.metrics++
          if (quality === 'BAD') next.bad++
          else if (isStale(ts, now, isRenewed)) next.stale++
        }
      }
      const { metrics, bad, stale } = count.value
      if (next.metrics !== metrics || next.bad !== bad || next.stale !== stale) count.value = next
    },
    { immediate: true },
  )
  return readonly(count)
}
