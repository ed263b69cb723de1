import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, toValue, watch, type ComputedRef } from 'vue'
import type { MaybeRefOrGetter, ShallowRef } from 'vue'
import { RESOLUTION } from '@/contract/rest'
import { telemetryColumnsSchema, type TelemetryColumns } from '@/contract/telemetry-columns'
import type { ApiClient } from '@/core/http/api-client'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'
import { useClock } from '@/core/time/clock'
import { createPenTable, type PenSample, type PenTable } from '@/core/trend/pen-table'

/** Live samples kept beside the history until the next one holds them too. */
const MAX_LIVE = 20_000
/** Buckets grow without the live feed showing it. */
const REFRESH_MS = 5 * 60_000

export interface PensSource {
  identity: PlcIdentity
  metricIds: readonly string[]
  spanMs: number
  /** About as many as the chart is wide in pixels. */
  maxPoints: number
}

export interface Pens {
  /** Changed in place by live values, and replaced when history comes. */
  table: Readonly<ShallowRef<PenTable>>
  /** Tells of every live sample that was added, until released. */
  onAppend: (hear: () => void) => () => void
  /** How many samples the history stands for, and whether it shows them as buckets of time. */
  history: ComputedRef<{ samples: number; bucketSeconds: number }>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
  retry: () => void
}

export async function fetchPens(
  api: ApiClient,
  { identity, metricIds, spanMs, maxPoints }: PensSource,
  now: number,
  signal: AbortSignal,
): Promise<TelemetryColumns> {
  const { tenant, site, plcId } = identity
  return api.get(
    `/api/telemetry/${encodeURIComponent(site)}/${encodeURIComponent(plcId)}`,
    {
      tenant,
      metric: metricIds.join(','),
      from: new Date(now - spanMs).toISOString(),
      to: new Date(now).toISOString(),
      resolution: 'auto',
      layout: 'columns',
      maxPoints,
    },
    telemetryColumnsSchema,
    signal,
  )
}

/** The history of some metrics of a PLC, followed by what the live feed brings. */
export function usePens(source: MaybeRefOrGetter<PensSource>): Pens {
  const api = useApi()
  const live = useLive()
  const clock = useClock()
  const listeners = new Set<() => void>()

  const wanted = computed(() => toValue(source))
  const key = computed(() => {
    const { identity, metricIds, spanMs, maxPoints } = wanted.value
    return ['pens', plcKey(identity), metricIds.join(','), spanMs, maxPoints]
  })
  // Only a change of what is asked for matters, not a new object that says the same.
  const question = computed(() => key.value.join('|'))

  const query = useQuery<TelemetryColumns>({
    queryKey: key,
    queryFn: ({ signal }) => fetchPens(api, wanted.value, clock.now(), signal),
    enabled: computed(() => wanted.value.metricIds.length > 0),
    staleTime: 0,
    gcTime: 60_000,
    refetchInterval: REFRESH_MS,
    // Thousands of numbers that only the chart reads: no proxies and no deep comparison.
    shallow: true,
    structuralSharing: false,
  })

  let heard: { pen: number; sample: PenSample }[] = []
  const table = shallowRef(createPenTable(wanted.value.metricIds, undefined))

  function rebuild(): void {
    const next = createPenTable(wanted.value.metricIds, query.data.value)
    for (const { pen, sample } of heard) next.append(pen, sample)
    table.value = next
  }
  watch(
    question,
    () => {
      heard = []
      rebuild()
    },
    { flush: 'sync' },
  )
  watch(query.data, rebuild, { immediate: true })

  const stopListening = live.on('telemetry', (message) => {
    const { identity, metricIds } = wanted.value
    const isOfPlc =
      message.plcId === identity.plcId &&
      message.site === identity.site &&
      message.tenant === identity.tenant
    if (!isOfPlc) return
    let isNew = false
    metricIds.forEach((metricId, pen) => {
      const value = message.values[metricId]
      if (value === undefined) return
      const ts = message.times[metricId] ?? message.ts
      const sample = { ts, value, quality: message.quality[metricId] ?? 'GOOD' }
      heard.push({ pen, sample })
      table.value.append(pen, sample)
      isNew = true
    })
    if (!isNew) return
    if (heard.length > MAX_LIVE) heard = heard.slice(-MAX_LIVE / 2)
    listeners.forEach((hear) => {
      hear()
    })
  })
  // What was missed while the link was down, or merged away, is in the history.
  let wasLost = false
  watch(live.fresh, (isFresh) => {
    if (isFresh && wasLost) void query.refetch()
    wasLost = !isFresh
  })
  onScopeDispose(stopListening)

  return {
    table,
    onAppend: (hear) => {
      listeners.add(hear)
      return () => listeners.delete(hear)
    },
    history: computed(() => summaryOf(query.data.value)),
    isLoading: computed(() => query.isPending.value && wanted.value.metricIds.length > 0),
    error: computed(() => (query.data.value ? null : query.error.value)),
    retry: () => {
      void query.refetch()
    },
  }
}

function summaryOf(history: TelemetryColumns | undefined): {
  samples: number
  bucketSeconds: number
} {
  if (!history) return { samples: 0, bucketSeconds: 0 }
  if (history.resolution === RESOLUTION.buckets) {
    return { samples: history.samples ?? 0, bucketSeconds: history.bucketSeconds }
  }
  const samples = history.columns.reduce(
    (sum, { qualities }) => sum + qualities.filter((quality) => quality !== null).length,
    0,
  )
  return { samples, bucketSeconds: 0 }
}
