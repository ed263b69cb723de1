import { computed, inject, provide, toValue, type ComputedRef, type InjectionKey } from 'vue'
import type { MaybeRefOrGetter } from 'vue'
import { useLive } from '@/core/live/live'
import type { MetricCell, PlcIdentity } from '@/core/live/live-store'

/** What every widget of a dashboard knows of where it is. */
export interface DashboardContext {
  identity: ComputedRef<PlcIdentity>
  timeZone: ComputedRef<string | undefined>
  /** The live cells of the PLC by metric. */
  cells: ComputedRef<ReadonlyMap<string, MetricCell>>
  /** The PLC's state was answered: a metric that is not there has never come. */
  isKnown: ComputedRef<boolean>
  /** Names lead somewhere, and what is in a widget can be used. */
  isUsable: ComputedRef<boolean>
}

const CONTEXT: InjectionKey<DashboardContext> = Symbol('dashboard')

export function provideDashboard(options: {
  identity: MaybeRefOrGetter<PlcIdentity>
  timeZone: MaybeRefOrGetter<string | undefined>
  isKnown: MaybeRefOrGetter<boolean>
}): DashboardContext {
  const live = useLive()
  const identity = computed(() => toValue(options.identity))
  const context: DashboardContext = {
    identity,
    timeZone: computed(() => toValue(options.timeZone)),
    cells: computed(() => {
      const cells = live.store.plc(identity.value).cells.value
      return new Map(cells.map((cell) => [cell.metricId, cell]))
    }),
    isKnown: computed(() => toValue(options.isKnown)),
    isUsable: computed(() => true),
  }
  provide(CONTEXT, context)
  return context
}

/** The same dashboard being edited: what is in its widgets cannot be used meanwhile. */
export function provideUnusable(): void {
  provide(CONTEXT, { ...useDashboard(), isUsable: computed(() => false) })
}

export function useDashboard(): DashboardContext {
  const context = inject(CONTEXT)
  if (!context) throw new Error('no dashboard was provided')
  return context
}
