import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { useApi } from '@/core/http/api-client'
import { ApiError } from '@/core/http/api-error'
import { LINK_PHASE, type LinkPhase } from '@/core/live/link'
import { useLive } from '@/core/live/live'
import { plcKey, type PlcIdentity } from '@/core/live/live-store'
import { useClock } from '@/core/time/clock'
import { EMPTY_COURSE, type Course, type Period } from '@/core/trend/course'
import { gapLimit, MIN_GAP_MS } from '@/core/trend/gaps'
import { fetchCourses } from '@/core/trend/history'
import { createJoined, LATE_MS, type JoinedCourse } from '@/core/trend/join-live'
import { createLiveTails } from '@/core/trend/live-tails'
import { paceOf } from '@/core/trend/pace'
import { isLiveSpan, periodOf, RANGES, type Span } from '@/core/trend/ranges'
import {
  chooseSegment,
  withoutOutdated,
  withSegment,
  type Need,
  type Segment,
} from '@/core/trend/segments'

/** What comes within a moment is drawn at once. */
const REDRAW_MS = 250
/** Points for each pixel that is to be drawn. */
const POINTS_PER_PX = 2
/** What comes late is told nobody: a gateway that was cut off sends its buffer into the past. */
const REFRESH_MS = 5 * 60_000
/** So often at most it is asked for because more came than is drawn. */
const SHORT_REFRESH_MS = 60_000
/** Of a long span the last minutes are next to nothing. */
const LONG_REFRESH_MS = 30 * 60_000
const REFRESHES_PER_SPAN = 200
/** After a pause a gateway sends what it kept on its disk: so long it may take. */
const CATCH_UP_MS = 30_000
/** Live values are to begin where the history ends: a link that is just being made is waited for. */
const PATIENCE_MS = 1_000
/** A screen on a wall has nobody to press a button. */
const RETRY_MS = 10_000
/** A network without WebSocket is asked again, as the values beside the chart are. */
const POLL_MS = 15_000
/** More than is seen, at either side, so that a chart can be moved without waiting. */
const BESIDE = 0.5

const CONNECTED = new Set<LinkPhase>([LINK_PHASE.live, LINK_PHASE.silent])

export interface CoursesSource {
  identity: PlcIdentity
  metricIds: readonly string[]
  span: Span
  /** What is shown while a gesture lasts; the span follows when it ends. */
  period: Period
  /** Of each metric, at most, in the span. */
  maxPoints: number
  timeZone: string | undefined
  /** Nobody sees it: live values are kept, but nothing is drawn for them. */
  isHidden?: boolean
}

export interface Courses {
  /** What is known of each metric; with more at either side of the period. */
  courses: ComputedRef<ReadonlyMap<string, Course>>
  /** Nothing of what is wanted is there yet. */
  isLoading: ComputedRef<boolean>
  isFetching: ComputedRef<boolean>
  /** Why the newest question was not answered. */
  error: ComputedRef<Error | null>
  retry: () => void
}

/**
 * The history of some metrics, continued by what the live feed brings. What was fetched is kept: only
 * what is missing, or too coarse, is asked for. The feed must be subscribed to by whoever uses this.
 */
export function useCourses(source: () => CoursesSource): Courses {
  const api = useApi()
  const live = useLive()
  const clock = useClock()

  let tails = createLiveTails()
  const segments = shallowRef<ReadonlyMap<string, readonly Segment[]>>(new Map())
  const liveVersion = shallowRef(0)
  const error = shallowRef<Error | null>(null)
  const asking = shallowRef<ReadonlyMap<string, string>>(new Map())
  /** Another one only where another segment is drawn: live samples make it grow. */
  const joined = new Map<string, { segment: Segment | undefined; course: JoinedCourse }>()
  let controller = new AbortController()
  let refreshedAt = clock.now()
  let retry: ReturnType<typeof setTimeout> | undefined

  const isReady = shallowRef(live.status.value.phase !== LINK_PHASE.connecting)
  const patience = setTimeout(() => {
    isReady.value = true
  }, PATIENCE_MS)
  watch(
    () => live.status.value.phase,
    (phase) => {
      if (phase !== LINK_PHASE.connecting) isReady.value = true
    },
    { flush: 'sync' },
  )

  const need = computed<Need>(() => {
    const { period, maxPoints } = source()
    return { ...period, pointMs: (period.to - period.from) / maxPoints }
  })

  /** What to ask for: all of a live span, and some more beside a part of the past. */
  function wanted(): Need & { maxPoints: number } {
    const { span, maxPoints } = source()
    const now = clock.now()
    const period = periodOf(span, now)
    const length = period.to - period.from
    if (isLiveSpan(span)) return { ...period, pointMs: length / maxPoints, maxPoints }
    const from = period.from - length * BESIDE
    const to = Math.max(Math.min(period.to + length * BESIDE, now), period.from + 1)
    const share = (to - from) / length
    return { from, to, pointMs: length / maxPoints, maxPoints: Math.ceil(maxPoints * share) }
  }

  async function ask(isAnew = false): Promise<void> {
    if (!isReady.value) return
    const { identity, metricIds, span, maxPoints, timeZone } = source()
    const now = clock.now()
    const question = `${plcKey(identity)}|${JSON.stringify(span)}|${String(maxPoints)}`
    const period = periodOf(span, now)
    const shown = { ...period, pointMs: (period.to - period.from) / maxPoints }
    const missing = metricIds.filter((metricId) => {
      const tail = tails.track(metricId, now)
      const known = segments.value.get(metricId) ?? []
      return isAnew || !chooseSegment(known, shown, tail, now).isEnough
    })
    if (isAnew) refreshedAt = now
    const isOther = [...asking.value.values()].some((each) => each !== question)
    if (isOther || isAnew) {
      controller.abort()
      controller = new AbortController()
      asking.value = new Map()
    }
    const toAsk = missing.filter((metricId) => !asking.value.has(metricId))
    if (toAsk.length === 0) {
      if (missing.length === 0) error.value = null
      return
    }
    asking.value = new Map([...asking.value, ...toAsk.map((each) => [each, question] as const)])
    const request = wanted()
    const { signal } = controller
    try {
      const fetched = await fetchCourses(
        api,
        { identity, metricIds: toAsk, ...request, timeZone },
        signal,
      )
      if (signal.aborted) return
      const next = new Map(segments.value)
      for (const [metricId, course] of fetched) {
        const known = next.get(metricId) ?? []
        const kept = isAnew ? withoutOutdated(known, request) : known
        next.set(metricId, withSegment(kept, { ...request, course }))
        // A screen on a wall is never done: what the history has now need not be kept twice.
        if (isAnew) tails.dropBefore(metricId, request.to - LATE_MS)
      }
      segments.value = next
      error.value = null
    } catch (failure) {
      if (signal.aborted) return
      error.value = failure instanceof Error ? failure : new Error(String(failure))
      if (failure instanceof ApiError && failure.isTransient) {
        clearTimeout(retry)
        retry = setTimeout(() => void ask(), RETRY_MS)
      }
    }
    asking.value = new Map([...asking.value].filter(([metricId]) => !toAsk.includes(metricId)))
  }

  // Samples of one PLC must never be drawn as another's: forgotten before anything else is shown.
  watch(
    () => plcKey(source().identity),
    () => {
      controller.abort()
      controller = new AbortController()
      asking.value = new Map()
      tails = createLiveTails()
      if (!live.fresh.value) tails.interrupt()
      segments.value = new Map()
      joined.clear()
      error.value = null
    },
    { flush: 'sync' },
  )
  // What is missed while the link is down is in the history.
  watch(
    // A link that is only silent loses nothing.
    () => CONNECTED.has(live.status.value.phase),
    (isConnected) => {
      if (isConnected) {
        tails.resume(clock.now())
        void ask()
      } else tails.interrupt()
    },
    { immediate: true, flush: 'sync' },
  )
  watch(
    () => {
      const { identity, metricIds, span, maxPoints } = source()
      const wants = [plcKey(identity), metricIds.join(), JSON.stringify(span), maxPoints] as const
      return [...wants, isReady.value] as const
    },
    () => void ask(),
    { immediate: true },
  )

  const refresh = setInterval(() => {
    const { span } = source()
    if (!isLiveSpan(span) || !live.fresh.value) return
    const pause = Math.min(RANGES[span.range] / REFRESHES_PER_SPAN, LONG_REFRESH_MS)
    if (clock.now() - refreshedAt >= pause) void ask(true)
  }, REFRESH_MS)
  const poll = setInterval(() => {
    if (live.status.value.phase === LINK_PHASE.polling && live.fresh.value) void ask()
  }, POLL_MS)

  let redraw: ReturnType<typeof setTimeout> | undefined
  let redrawnAt = -Infinity
  let isBehind = false
  function redrawSoon(): void {
    const { isHidden = false, period, maxPoints } = source()
    isBehind = isHidden
    if (isHidden || redraw) return
    const due = redrawnAt + paceOf(period, maxPoints / POINTS_PER_PX) - clock.now()
    redraw = setTimeout(
      () => {
        redraw = undefined
        redrawnAt = clock.now()
        liveVersion.value++
      },
      Math.max(REDRAW_MS, due),
    )
  }
  watch(
    () => source().isHidden,
    () => {
      if (isBehind) redrawSoon()
    },
  )
  let catchUp: ReturnType<typeof setTimeout> | undefined
  /** What was kept during a pause comes too late for the live feed. */
  function notePause(metricId: string, ts: number): void {
    const last = tails.track(metricId, ts).samples.at(-1)
    if (!last || ts - last.ts <= MIN_GAP_MS || catchUp || !isLiveSpan(source().span)) return
    const stored = segments.value.get(metricId)?.at(-1)?.course.times ?? []
    if (ts - last.ts < gapLimit(stored)) return
    catchUp = setTimeout(() => {
      catchUp = undefined
      void ask(true)
    }, CATCH_UP_MS)
  }
  const stopListening = live.on('telemetry', (message) => {
    const { identity, metricIds, span, maxPoints } = source()
    if (plcKey(message) !== plcKey(identity)) return
    let isNew = false
    let isTailLong = false
    for (const metricId of tails.tracked()) {
      const value = message.values[metricId]
      if (value === undefined) continue
      const ts = message.times[metricId] ?? message.ts
      notePause(metricId, ts)
      tails.add(metricId, { ts, value, quality: message.quality[metricId] ?? 'GOOD' })
      isNew = true
      isTailLong ||= metricIds.includes(metricId) && tails.length(metricId) > maxPoints
    }
    if (!isNew) return
    redrawSoon()
    const isDue = isTailLong && clock.now() - refreshedAt >= SHORT_REFRESH_MS
    if (isDue && isLiveSpan(span)) void ask(true)
  })
  onScopeDispose(() => {
    stopListening()
    controller.abort()
    clearTimeout(patience)
    clearTimeout(redraw)
    clearTimeout(retry)
    clearTimeout(catchUp)
    clearInterval(refresh)
    clearInterval(poll)
  })

  const chosen = computed(() => {
    const now = clock.now()
    return source().metricIds.map((metricId) => {
      const tail = tails.track(metricId, now)
      const known = segments.value.get(metricId) ?? []
      return { metricId, tail, choice: chooseSegment(known, need.value, tail, now) }
    })
  })
  const courses = computed(() => {
    void liveVersion.value
    const drawn = new Map<string, Course>()
    for (const { metricId, tail, choice } of chosen.value) {
      const { segment } = choice
      let kept = joined.get(metricId)
      if (!kept || kept.segment !== segment) {
        const stored = segment?.course ?? EMPTY_COURSE
        kept = { segment, course: createJoined(stored, segment?.to ?? -Infinity) }
        joined.set(metricId, kept)
      }
      drawn.set(metricId, kept.course.take(tail.samples))
    }
    return drawn
  })

  return {
    courses,
    isFetching: computed(() => asking.value.size > 0),
    isLoading: computed(
      () =>
        (asking.value.size > 0 || !isReady.value) &&
        source().metricIds.every((metricId) => !segments.value.has(metricId)),
    ),
    error: computed(() => error.value),
    retry: () => void ask(),
  }
}
