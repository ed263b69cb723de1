import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { alarmSummarySchema, SEVERITIES, type Alarm, type Severity } from '@/contract/alarms'
import { listenToAlarms } from '@/core/alarms/alarm-events'
import { useApi } from '@/core/http/api-client'
import { LINK_PHASE } from '@/core/live/link'
import { useLive, useLiveSubscription } from '@/core/live/live'
import { useClock } from '@/core/time/clock'

/** The feed tells at once of every alarm; this is for what it could not tell. */
const EVERY_MS = 10_000
const EVERY_WITHOUT_ANSWER_MS = 5_000
/** Two answers that did not come. */
const OLD_AFTER_MS = 25_000
/** A thousand alarms in a second are not worth a thousand questions. */
const PAUSE_MS = 1_000

export const KNOWLEDGE = {
  /** The first answer is on its way. */
  asking: 'asking',
  known: 'known',
  /** What was known once, and may have changed since. */
  doubtful: 'doubtful',
  unknown: 'unknown',
} as const
export type Knowledge = (typeof KNOWLEDGE)[keyof typeof KNOWLEDGE]

export interface AlarmOverview {
  /** How many by severity, the most urgent first; empty as long as nothing is known. */
  counts: ComputedRef<{ severity: Severity; count: number }[]>
  newest: ComputedRef<Alarm | null>
  knowledge: ComputedRef<Knowledge>
  /** When the server said so, by its clock. */
  at: ComputedRef<number>
}

/** What nobody has acknowledged yet, of everything the reader may see; and how sure that is. */
export function useAlarmSummary(): AlarmOverview {
  const api = useApi()
  const live = useLive()
  const clock = useClock()
  useLiveSubscription({ types: ['alarm'] })

  const query = useQuery({
    queryKey: ['alarmSummary'],
    queryFn: async ({ signal }) => {
      const summary = await api.get('/api/alarms/summary', {}, alarmSummarySchema, signal)
      // Its age is told by a clock that nobody sets.
      return { ...summary, heardAt: performance.now() }
    },
    refetchInterval: ({ state }) =>
      live.fresh.value && state.status !== 'error' ? EVERY_MS : EVERY_WITHOUT_ANSWER_MS,
    // The next question comes soon, and until then the page says that it does not know.
    retry: false,
    staleTime: 0,
  })
  let pause: ReturnType<typeof setTimeout> | undefined
  let isAskedAgain = false
  function askSoon(): void {
    if (pause === undefined) void query.refetch()
    else isAskedAgain = true
    rest()
  }
  /** A while without a question; what is asked for meanwhile is asked after it. */
  function rest(): void {
    pause ??= setTimeout(() => {
      pause = undefined
      if (!isAskedAgain) return
      isAskedAgain = false
      askSoon()
    }, PAUSE_MS)
  }
  const release = listenToAlarms(live, { heard: askSoon, missed: askSoon })
  onScopeDispose(() => {
    release()
    clearTimeout(pause)
  })

  /** What was answered before the link was lost is not known any more. */
  const lostAt = shallowRef(-Infinity)
  watch(live.fresh, (fresh) => {
    if (!fresh) {
      lostAt.value = performance.now()
      // A hidden page costs nothing.
      if (live.status.value.phase === LINK_PHASE.paused) return
      // The link ends a moment before the answer to a log-out.
      rest()
    }
    askSoon()
  })

  const knowledge = computed<Knowledge>(() => {
    const { data, isError } = query
    if (!data.value) return isError.value ? KNOWLEDGE.unknown : KNOWLEDGE.asking
    void clock.tick.value
    const { heardAt } = data.value
    const isOld = performance.now() - heardAt > OLD_AFTER_MS
    const isDoubtful = isError.value || isOld || heardAt < lostAt.value
    return isDoubtful ? KNOWLEDGE.doubtful : KNOWLEDGE.known
  })

  return {
    counts: computed(() => {
      const open = query.data.value?.unacknowledged
      return open ? SEVERITIES.map((severity) => ({ severity, count: open[severity] })) : []
    }),
    newest: computed(() => query.data.value?.newest ?? null),
    knowledge,
    at: computed(() => query.dataUpdatedAt.value + (clock.now() - Date.now())),
  }
}
