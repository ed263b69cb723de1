import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import type { DataType } from '@/contract/common'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'
import { statementsOf } from '@/core/live/merge'
import { useClock } from '@/core/time/clock'
import { fetchHistory, type History, type Sample } from '@/modules/trend/history'
import { RANGES, type RangeName } from '@/modules/trend/ranges'
import { buildTrend, type TrendData } from '@/modules/trend/trend-data'

/** Live samples kept beside the history; the oldest go first. */
const MAX_LIVE = 20_000
/** The chart is drawn anew at most this often, however fast values come. */
const REDRAW_MS = 250
/** Buckets grow without the live feed showing it. */
const REFRESH_MS = 5 * 60_000

export interface TrendSource {
  identity: PlcIdentity
  metricId: string
  range: RangeName
  dataType: DataType | undefined
}

export interface Trend {
  data: ComputedRef<TrendData>
  window: ComputedRef<{ from: number; to: number }>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
  retry: () => void
}

/** A metric's history followed by what the live feed brings. */
export function useTrend(source: () => TrendSource): Trend {
  const api = useApi()
  const live = useLive()
  const clock = useClock()

  const seriesKey = computed(() => `${plcKey(source().identity)}/${source().metricId}`)
  const span = computed(() => RANGES[source().range])

  /** Texts are asked for one by one: not known of a metric before its first value. */
  const isText = computed(() => source().dataType === 'string')

  const query = useQuery<History>({
    queryKey: computed(() => ['history', seriesKey.value, source().range, isText.value]),
    queryFn: ({ signal }) => {
      const { identity, metricId, dataType } = source()
      const to = clock.now()
      return fetchHistory(
        api,
        { ...identity, metricId, dataType, from: to - span.value, to },
        signal,
      )
    },
    staleTime: 0,
    gcTime: 60_000,
    refetchInterval: REFRESH_MS,
    // Thousands of samples that only the chart reads: no proxies and no deep comparison.
    shallow: true,
    structuralSharing: false,
  })

  let samples: Sample[] = []
  const drawn = shallowRef<readonly Sample[]>([])
  let redraw: ReturnType<typeof setTimeout> | undefined

  function redrawSoon(): void {
    redraw ??= setTimeout(() => {
      redraw = undefined
      if (samples.length > MAX_LIVE) samples = samples.slice(-MAX_LIVE)
      drawn.value = [...samples]
    }, REDRAW_MS)
  }

  // The samples of one metric must never be drawn as another's: cleared before anything is shown.
  watch(
    seriesKey,
    () => {
      samples = []
      drawn.value = []
    },
    { flush: 'sync' },
  )
  const stopListening = live.on('telemetry', (message) => {
    const { identity, metricId } = source()
    if (!(metricId in message.values) || plcKey(message) !== plcKey(identity)) return
    const statement = statementsOf(message).get(metricId)
    if (!statement) return
    const { ts, value, quality } = statement
    samples.push({ ts, value, quality: quality ?? 'GOOD' })
    redrawSoon()
  })
  // What was missed while the link was down, or merged away, is in the history.
  let wasLost = false
  watch(live.fresh, (isFresh) => {
    if (isFresh && wasLost) void query.refetch()
    wasLost = !isFresh
  })
  onScopeDispose(() => {
    stopListening()
    clearTimeout(redraw)
  })

  const window = computed(() => {
    const to = clock.tick.value
    return { from: to - span.value, to }
  })
  return {
    window,
    data: computed(() =>
      buildTrend(query.data.value, drawn.value, window.value.from, source().dataType),
    ),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    retry: () => {
      void query.refetch()
    },
  }
}
