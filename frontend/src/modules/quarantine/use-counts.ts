import { useQuery, type UseQueryReturnType } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { rejectionCountsSchema, type RejectionCounts } from '@/contract/quarantine'
import { useApi } from '@/core/http/api-client'
import { useClock } from '@/core/time/clock'

export const REJECTIONS_PATH = '/api/admin/rejections'
export const COUNTS_KEY = 'rejectionCounts'
const HOUR_MS = 3_600_000
const REFRESH_MS = 60_000

/** How far back is counted, and how many hours make one bar. */
export const SPANS = {
  day: { hours: 24, bar: 1 },
  week: { hours: 7 * 24, bar: 6 },
  month: { hours: 30 * 24, bar: 24 },
} as const
export type Span = keyof typeof SPANS
export const SPAN_NAMES = ['day', 'week', 'month'] as const satisfies readonly Span[]

export interface Bar {
  from: number
  to: number
  total: number
}

/** What one count is of. */
export interface CountRow {
  key: string
  text: string
  total: number
  isChosen: boolean
  /** Nothing can be filtered by it. */
  isFixed?: boolean
}

/** Hours put together to bars, the empty ones too: a gap in the trouble is news as well. */
export function barsOf(counts: RejectionCounts, hoursABar: number): Bar[] {
  const width = hoursABar * HOUR_MS
  const end = Math.ceil(counts.to / HOUR_MS) * HOUR_MS
  const bars: Bar[] = []
  for (let to = end; to > counts.from; to -= width) bars.unshift({ from: to - width, to, total: 0 })
  for (const { hour, total } of counts.items) {
    const bar = hour === null ? undefined : bars.find((each) => each.from <= hour && hour < each.to)
    if (bar) bar.total += total
  }
  return bars
}

export interface CountsQuery {
  byReason: ComputedRef<RejectionCounts | undefined>
  byGateway: ComputedRef<RejectionCounts | undefined>
  byHour: ComputedRef<RejectionCounts | undefined>
  error: ComputedRef<Error | null>
  refetch: () => void
}

/** How much was rejected, by why, by whom and when. */
export function useCounts(span: () => Span): CountsQuery {
  const api = useApi()
  const clock = useClock()
  const counted = (by: 'reason' | 'gateway' | 'hour'): UseQueryReturnType<RejectionCounts, Error> =>
    useQuery({
      queryKey: computed(() => [COUNTS_KEY, by, span()]),
      queryFn: ({ signal }) => {
        // Whole hours, as the server counts: one of them more would be a bar of its own.
        const first = Math.floor(clock.now() / HOUR_MS) + 1 - SPANS[span()].hours
        const from = new Date(first * HOUR_MS).toISOString()
        return api.get(`${REJECTIONS_PATH}/counts`, { by, from }, rejectionCountsSchema, signal)
      },
      refetchInterval: REFRESH_MS,
    })
  const [byReason, byGateway, byHour] = [counted('reason'), counted('gateway'), counted('hour')]
  return {
    byReason: computed(() => byReason.data.value),
    byGateway: computed(() => byGateway.data.value),
    byHour: computed(() => byHour.data.value),
    error: computed(() => byReason.error.value ?? byGateway.error.value ?? byHour.error.value),
    refetch: () => {
      void byReason.refetch()
      void byGateway.refetch()
      void byHour.refetch()
    },
  }
}
