// @vitest-environment jsdom
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { computed, defineComponent, shallowRef } from 'vue'
import { useAlarmSummary, type AlarmOverview } from '@/core/alarms/use-alarm-summary'
import { API, type ApiClient } from '@/core/http/api-client'
import { LIVE, type Live } from '@/core/live/live'
import { CLOCK, type Clock } from '@/core/time/clock'

const SUMMARY = { unacknowledged: { critical: 1, high: 0, medium: 0, low: 0 }, newest: null }

let isHanging: boolean
let isFresh: { value: boolean }
let tick: { value: number }
let overview: AlarmOverview
let holder: VueWrapper

beforeEach(async () => {
  vi.useFakeTimers()
  isHanging = false
  const fresh = shallowRef(true)
  isFresh = fresh
  tick = shallowRef(0)
  const get = (): unknown => (isHanging ? new Promise(() => undefined) : Promise.resolve(SUMMARY))
  const nothing = (): (() => void) => () => undefined
  holder = mount(
    defineComponent({
      setup() {
        overview = useAlarmSummary()
        return () => null
      },
    }),
    {
      global: {
        plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]],
        provide: {
          [API as symbol]: { get } as Partial<ApiClient>,
          [LIVE as symbol]: {
            fresh: computed(() => fresh.value),
            status: shallowRef({ phase: 'closed', since: 0, retryAt: null }),
            missed: shallowRef(0),
            on: nothing,
            subscribe: nothing,
          } as Partial<Live>,
          [CLOCK as symbol]: { tick, now: () => Date.now() } as Partial<Clock>,
        },
      },
    },
  )
  await vi.advanceTimersByTimeAsync(100)
  await flushPromises()
})
afterEach(() => {
  holder.unmount()
  vi.useRealTimers()
})

it('doubts what grew old, also when the clock was set back', async () => {
  expect(overview.knowledge.value).toBe('known')
  isHanging = true
  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.advanceTimersByTimeAsync(40_000)
  tick.value++
  expect(overview.knowledge.value).toBe('doubtful')
})

it('doubts what was heard before the link was lost, until it hears again', async () => {
  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.advanceTimersByTimeAsync(50)
  isHanging = true
  isFresh.value = false
  await flushPromises()
  expect(overview.knowledge.value).toBe('doubtful')
})
