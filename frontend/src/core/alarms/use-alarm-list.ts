import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { alarmPageSchema, type Alarm } from '@/contract/alarms'
import type { Page } from '@/contract/common'
import { listenToAlarms } from '@/core/alarms/alarm-events'
import { alarmOrder, alarmParameters, isMatch, type AlarmFilter } from '@/core/alarms/alarm-filter'
import {
  append,
  compare,
  EMPTY_SHELF,
  hear,
  release,
  shelfOf,
  type AlarmShelf,
  type Rules,
} from '@/core/alarms/alarm-shelf'
import { useApi } from '@/core/http/api-client'
import type { Pages } from '@/core/http/use-pages'
import { LINK_PHASE } from '@/core/live/link'
import { useLive } from '@/core/live/live'
import { useClock } from '@/core/time/clock'

const PAGE_SIZE = 50
/** The server's longest page. A list that grew longer begins anew. */
const MOST_SHOWN = 1_000
/** Without the live feed the list is asked for. */
const EVERY_WITHOUT_LINK_MS = 10_000

export interface AlarmList extends Pages<Alarm> {
  /** How many new ones wait. */
  waiting: ComputedRef<number>
  /** What is shown is not what the server has. */
  isOutdated: ComputedRef<boolean>
  /** Shows what waits, or all of it anew if that is not enough. */
  renew: () => void
  /** Takes over what this page itself brought about. */
  note: (alarms: readonly Alarm[]) => void
}

/**
 * Alarms page by page, kept current by the live feed. What is new waits unless `isFree` says that nobody has a hand in
 * the list. Whoever shows it subscribes to the live feed for its place.
 */
export function useAlarmList(filter: () => AlarmFilter, isFree: () => boolean): AlarmList {
  const api = useApi()
  const live = useLive()
  const clock = useClock()

  const shelf = shallowRef<AlarmShelf>(EMPTY_SHELF)
  const isLoading = shallowRef(true)
  const isFetchingMore = shallowRef(false)
  const error = shallowRef<Error | null>(null)
  const moreError = shallowRef<Error | null>(null)
  let cursor: string | null = null
  let calls = new AbortController()

  function rules(): Rules {
    const wanted = filter()
    const now = clock.now()
    return { order: alarmOrder(wanted.sort), isMatch: (alarm) => isMatch(alarm, wanted, now) }
  }

  function fetchPage(limit: number, after?: string): Promise<Page<Alarm>> {
    const parameters = { ...alarmParameters(filter(), clock.now()), limit, cursor: after }
    return api.get('/api/alarms', parameters, alarmPageSchema, calls.signal)
  }

  /** Begins at the top; what is there stays until the answer comes. */
  async function reload(limit = PAGE_SIZE): Promise<void> {
    calls.abort()
    calls = new AbortController()
    isFetchingMore.value = false
    const { signal } = calls
    try {
      const page = await fetchPage(limit)
      cursor = page.nextCursor
      shelf.value = shelfOf(page.items, cursor !== null)
      error.value = moreError.value = null
    } catch (failure) {
      if (signal.aborted) return
      if (isLoading.value) error.value = asError(failure)
      else moreError.value = asError(failure)
    }
    isLoading.value = false
  }

  async function more(): Promise<void> {
    if (isFetchingMore.value || cursor === null) return
    isFetchingMore.value = true
    moreError.value = null
    const { signal } = calls
    try {
      const page = await fetchPage(PAGE_SIZE, cursor)
      cursor = page.nextCursor
      shelf.value = append(shelf.value, page.items, cursor !== null)
    } catch (failure) {
      if (signal.aborted) return
      moreError.value = asError(failure)
    }
    isFetchingMore.value = false
  }

  /** What happened while nothing was heard. */
  async function catchUp(): Promise<void> {
    if (isLoading.value || error.value) {
      await reload()
      return
    }
    const { signal } = calls
    try {
      const page = await fetchPage(Math.min(MOST_SHOWN, Math.max(PAGE_SIZE, shownCount())))
      if (signal.aborted) return
      shelf.value = compare(shelf.value, page.items, page.nextCursor !== null, rules())
      renewIfFree()
    } catch {
      // The alarm strip says that the server does not answer.
    }
  }

  const shownCount = (): number => shelf.value.shown.length

  function renew(): void {
    const isLong = shownCount() + shelf.value.waiting.length > MOST_SHOWN
    if (isLong) void reload()
    else if (shelf.value.isOutdated) void reload(Math.max(PAGE_SIZE, shownCount()))
    else shelf.value = release(shelf.value, rules().order)
  }

  function renewIfFree(): void {
    if (isFree() && (shelf.value.waiting.length > 0 || shelf.value.isOutdated)) renew()
  }

  /** Any number of messages between two frames costs one change of the list. */
  let heard: Alarm[] = []
  function takeIn(): void {
    const news = heard
    heard = []
    if (isLoading.value || error.value) return
    shelf.value = hear(shelf.value, news, rules())
    renewIfFree()
  }
  const releaseAlarms = listenToAlarms(live, {
    heard: (alarm) => {
      if (heard.length === 0) requestAnimationFrame(takeIn)
      heard.push(alarm)
    },
    missed: () => void catchUp(),
  })

  watch(
    () => JSON.stringify(filter()),
    () => {
      isLoading.value = true
      error.value = moreError.value = null
      shelf.value = EMPTY_SHELF
      void reload()
    },
    { immediate: true },
  )

  let timer: ReturnType<typeof setInterval> | undefined
  // A hidden page asks for nothing, and makes up for it when it is looked at again.
  const isCutOff = computed(
    () => !live.fresh.value && live.status.value.phase !== LINK_PHASE.paused,
  )
  watch(
    isCutOff,
    (cutOff) => {
      clearInterval(timer)
      if (cutOff) timer = setInterval(() => void catchUp(), EVERY_WITHOUT_LINK_MS)
    },
    { immediate: true },
  )
  watch(live.fresh, (fresh) => {
    if (fresh) void catchUp()
  })
  watch(isFree, renewIfFree)

  onScopeDispose(() => {
    releaseAlarms()
    clearInterval(timer)
    calls.abort()
  })

  return {
    items: computed(() => [...shelf.value.shown]),
    isLoading: computed(() => isLoading.value),
    hasMore: computed(() => shelf.value.hasMore),
    isFetchingMore: computed(() => isFetchingMore.value),
    error: computed(() => error.value),
    moreError: computed(() => moreError.value),
    more: () => void more(),
    refetch: () => {
      isLoading.value = true
      void reload()
    },
    waiting: computed(() => shelf.value.waiting.length),
    isOutdated: computed(() => shelf.value.isOutdated),
    renew,
    note: (alarms) => {
      shelf.value = hear(shelf.value, alarms, rules())
    },
  }
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure))
}
