import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { useApi } from '@/core/http/api-client'
import { useLive } from '@/core/live/live'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'
import { useClock } from '@/core/time/clock'
import { EMPTY_COURSE, type Period, type Sample } from '@/core/trend/course'
import { joinLive } from '@/core/trend/join-live'
import { createLiveTails } from '@/core/trend/live-tails'
import { isLiveSpan, periodOf, type Span } from '@/core/trend/ranges'
import { fetchTexts, type TextSamples } from '@/modules/trend/text-changes'

const REFRESH_MS = 5 * 60_000
const REDRAW_MS = 250

export interface Texts {
  samples: ComputedRef<readonly Sample[]>
  isCut: ComputedRef<boolean>
  isLoading: ComputedRef<boolean>
  error: ComputedRef<Error | null>
  retry: () => void
}

/** What a text said, stored and live, in the period on screen. */
export function useTexts(
  source: () => { identity: PlcIdentity; metricId: string; span: Span; period: Period },
): Texts {
  const api = useApi()
  const live = useLive()
  const clock = useClock()
  const key = computed(() => `${plcKey(source().identity)}/${source().metricId}`)
  let tails = createLiveTails()
  const version = shallowRef(0)

  const query = useQuery<TextSamples & { until: number }>({
    queryKey: computed(() => ['texts', key.value, source().span]),
    queryFn: async ({ signal }) => {
      const { identity, metricId, span } = source()
      const period = periodOf(span, clock.now())
      return { ...(await fetchTexts(api, identity, metricId, period, signal)), until: period.to }
    },
    refetchInterval: () => (isLiveSpan(source().span) ? REFRESH_MS : false),
    gcTime: 60_000,
    // Thousands of samples that are only read: no proxies and no deep comparison.
    shallow: true,
    structuralSharing: false,
  })

  // One metric's words must never be shown as another's: forgotten before anything else is shown.
  watch(
    key,
    () => {
      tails = createLiveTails()
      tails.track(source().metricId, clock.now())
    },
    { flush: 'sync', immediate: true },
  )
  let redraw: ReturnType<typeof setTimeout> | undefined
  const stopListening = live.on('telemetry', (message) => {
    const { identity, metricId } = source()
    const value = message.values[metricId]
    if (value === undefined || plcKey(message) !== plcKey(identity)) return
    const ts = message.times[metricId] ?? message.ts
    tails.add(metricId, { ts, value, quality: message.quality[metricId] ?? 'GOOD' })
    redraw ??= setTimeout(() => {
      redraw = undefined
      version.value++
    }, REDRAW_MS)
  })
  // What was missed while the link was down is in the history.
  let wasLost = false
  watch(live.fresh, (isFresh) => {
    if (isFresh && wasLost) void query.refetch()
    wasLost = !isFresh
  })
  onScopeDispose(() => {
    stopListening()
    clearTimeout(redraw)
  })

  return {
    samples: computed(() => {
      void version.value
      const { metricId, period } = source()
      const { samples = [], until = -Infinity } = query.data.value ?? {}
      const stored = {
        ...EMPTY_COURSE,
        times: samples.map(({ ts }) => ts),
        values: samples.map(({ value }) => value),
        qualities: samples.map(({ quality }) => quality),
      }
      const joined = joinLive(stored, tails.track(metricId, clock.now()).samples, until)
      if (joined.kind !== EMPTY_COURSE.kind) return []
      return joined.times.flatMap((ts, place): Sample[] => {
        const quality = joined.qualities[place] ?? null
        if (quality === null || ts < period.from || ts > period.to) return []
        return [{ ts, value: joined.values[place] ?? null, quality }]
      })
    }),
    isCut: computed(() => query.data.value?.isCut ?? false),
    isLoading: computed(() => query.isPending.value),
    error: computed(() => (query.data.value ? null : query.error.value)),
    retry: () => void query.refetch(),
  }
}
